# What `cmake --install` puts into a prefix, and `cpack` into a .deb. The prefix may be moved: the
# programs find each other by their own place, and the worker its LibTorch in
# <prefix>/lib/radsweep/torch (a LibTorch folder or a link to one) or where it was built with.
include(GNUInstallDirs)

install(TARGETS radsweep DESTINATION ${CMAKE_INSTALL_BINDIR})
if(RADSWEEP_WITH_TORCH)
  set_target_properties(radsweep-worker PROPERTIES INSTALL_RPATH "\$ORIGIN/../lib/radsweep/torch/lib")
  install(TARGETS radsweep-worker DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The program itself knows its manual and its completions.
set(SHARE ${PROJECT_BINARY_DIR}/share)
install(CODE "
  file(MAKE_DIRECTORY \"${SHARE}\")
  function(write_from file)
    execute_process(COMMAND \"$<TARGET_FILE:radsweep>\" \${ARGN} OUTPUT_FILE \"${SHARE}/\${file}\" COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  write_from(radsweep.1 man)
  write_from(radsweep completion bash)
  write_from(_radsweep completion zsh)
  write_from(radsweep.fish completion fish)")
install(FILES ${SHARE}/radsweep.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${SHARE}/radsweep DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${SHARE}/_radsweep DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${SHARE}/radsweep.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(FILES README.md requirements/LIBRARIES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES sweeps/README.md sweeps/five-p6000.md sweeps/chexpert.yaml sweeps/demo.yaml sweeps/smoke.yaml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/sweeps)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME radsweep)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the authors of radsweep")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "train a grid of runs on all GPUs of a machine, whatever interrupts it")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
configure_file(cmake/DebDependencies.cmake.in DebDependencies.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_BINARY_DIR}/DebDependencies.cmake)
include(CPack)
