# LibTorch as imported targets from an unpacked wheel or zip: torch_cpu and c10, and torch_cuda where
# CUDA's headers are too.
#
# Stock find_package(Torch) asks for a CUDA toolkit that fits the wheel even for CPU code. Our code
# is written against the CPU libraries alone, but for one small library; on a GPU machine the worker
# loads it and libtorch_cuda at run time. Where LibTorch is looked for:
#   -DRADSWEEP_TORCH_ROOT=DIR   folder with include/ and lib/ (site-packages/torch, or libtorch/)
#   -DTorch_DIR=DIR             its share/cmake/Torch
#   .deps/<profile>/            what ./dev installed
set(RADSWEEP_TORCH_ROOT "" CACHE PATH "Folder of LibTorch with include/ and lib/")
if(NOT RADSWEEP_TORCH_ROOT AND Torch_DIR)
  cmake_path(SET torch_root NORMALIZE "${Torch_DIR}/../../..")
elseif(RADSWEEP_TORCH_ROOT)
  set(torch_root ${RADSWEEP_TORCH_ROOT})
else()
  file(GLOB installed ${PROJECT_SOURCE_DIR}/.deps/c*/lib/python3*/site-packages/torch)
  list(POP_BACK installed torch_root)
endif()
if(NOT EXISTS "${torch_root}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "No LibTorch in '${torch_root}'. Run ./dev setup, or pass -DRADSWEEP_TORCH_ROOT=DIR "
                      "(the folder that holds include/ and lib/libtorch_cpu.so). "
                      "Without LibTorch: cmake --preset core.")
endif()
message(STATUS "LibTorch: ${torch_root}")

add_library(c10 SHARED IMPORTED)
set_target_properties(c10 PROPERTIES IMPORTED_LOCATION ${torch_root}/lib/libc10.so)
add_library(torch_cpu SHARED IMPORTED)
set_target_properties(torch_cpu PROPERTIES
  IMPORTED_LOCATION ${torch_root}/lib/libtorch_cpu.so
  INTERFACE_LINK_LIBRARIES c10)
target_include_directories(torch_cpu SYSTEM INTERFACE
  ${torch_root}/include ${torch_root}/include/torch/csrc/api/include)
# at::parallel_for is inline: without OpenMP where it is compiled it calls everything on one thread.
# Its run time is the one LibTorch brings; a second one would have threads of its own.
# Its place: wheels for x86-64 and the zip, wheels for aarch64. g++ alone: clang calls another one.
file(GLOB torch_openmp ${torch_root}/lib/libgomp*.so* ${torch_root}/../torch.libs/libgomp*.so*)
if(NOT torch_openmp)
  set(torch_openmp -fopenmp)
endif()
target_compile_options(torch_cpu INTERFACE -fopenmp)
target_link_libraries(torch_cpu INTERFACE ${torch_openmp})
# libtorch_cpu.so's own CUDA libraries are found by its rpath at run time, not by our link.
target_link_options(torch_cpu INTERFACE -Wl,--allow-shlib-undefined)

# CUDA's headers come with the wheels of its run time, which libtorch_cpu.so needs anyway, and of its
# compiler.
file(GLOB cuda_headers ${torch_root}/../nvidia/cu13/include ${torch_root}/../nvidia/cuda_runtime/include
     ${torch_root}/../nvidia/cuda_nvcc/include)
include(CheckCXXSourceCompiles)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
unset(RADSWEEP_HAS_CUDA_HEADERS CACHE)  # they may have come since
set(CMAKE_REQUIRED_INCLUDES ${torch_root}/include ${cuda_headers})
set(CMAKE_REQUIRED_QUIET ON)
check_cxx_source_compiles("#include <ATen/cuda/CUDAGraph.h>\nint main() {}" RADSWEEP_HAS_CUDA_HEADERS)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_QUIET)
unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
if(RADSWEEP_HAS_CUDA_HEADERS AND EXISTS "${torch_root}/lib/libtorch_cuda.so")
  foreach(library c10_cuda torch_cuda)
    add_library(${library} SHARED IMPORTED)
    set_target_properties(${library} PROPERTIES IMPORTED_LOCATION ${torch_root}/lib/lib${library}.so)
  endforeach()
  target_include_directories(torch_cuda SYSTEM INTERFACE ${cuda_headers})
  target_link_libraries(torch_cuda INTERFACE c10_cuda torch_cpu)
else()
  message(STATUS "Without LibTorch's CUDA half and CUDA's headers: no cuda_graphs")
endif()
