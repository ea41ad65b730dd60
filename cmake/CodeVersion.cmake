# code_version: a header with the project's version and the git commit it was built from, for the
# provenance of results. Rewritten at every build, touched only when it changed.
set(CODE_VERSION_DIR ${PROJECT_BINARY_DIR}/generated)
add_custom_target(write_code_version
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR} -DVERSION=${PROJECT_VERSION}
          -DOUTPUT=${CODE_VERSION_DIR}/code_version.h
          -P ${PROJECT_SOURCE_DIR}/cmake/WriteCodeVersion.cmake
  BYPRODUCTS ${CODE_VERSION_DIR}/code_version.h
  COMMENT "Recording the code version")
add_library(code_version INTERFACE)
target_include_directories(code_version INTERFACE ${CODE_VERSION_DIR})
add_dependencies(code_version write_code_version)
