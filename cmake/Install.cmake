# What `cmake --install` puts into a prefix, and `cpack` into a .deb. The prefix may be moved: the
# programs find each other by their own place, and the worker its LibTorch in
# <prefix>/lib/radsweep/torch (a LibTorch folder or a link to one) or where it was built with.
include(GNUInstallDirs)

install(TARGETS radsweep DESTINATION ${CMAKE_INSTALL_BINDIR})
if(RADSWEEP_WITH_TORCH)
  set_target_properties(radsweep-worker PROPERTIES INSTALL_RPATH "\$ORIGIN/../lib/radsweep;\$ORIGIN/../lib/radsweep/torch/lib")
  install(TARGETS radsweep-worker DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(TARGET radsweep_cuda_graphs)
    install(TARGETS radsweep_cuda_graphs DESTINATION lib/radsweep)
  endif()
endif()

# Its manual and completions, which the program wrote when it was built (orchestrator/CMakeLists.txt).
set(SHARE ${PROJECT_BINARY_DIR}/share)
install(FILES ${SHARE}/radsweep.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${SHARE}/radsweep DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${SHARE}/_radsweep DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${SHARE}/radsweep.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# What README.md links to, under the same names below its folder.
install(FILES README.md CONTRIBUTING.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES requirements/LIBRARIES.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/requirements)
install(FILES db/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/db)
install(FILES orchestrator/report/example.png DESTINATION ${CMAKE_INSTALL_DOCDIR}/orchestrator/report)
install(FILES tests/oracle/RESULTS.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/tests/oracle)
install(FILES sweeps/README.md sweeps/five-p6000.md sweeps/chexpert.yaml sweeps/demo.yaml
              sweeps/smoke.yaml sweeps/template.yaml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/sweeps)
# by patterns, as sweeps are tried there and leave their runs
install(DIRECTORY sweeps/own_trainer DESTINATION ${CMAKE_INSTALL_DOCDIR}/sweeps
        FILES_MATCHING PATTERN README.md PATTERN train.py PATTERN sweep.yaml
        PATTERN runs EXCLUDE PATTERN __pycache__ EXCLUDE)

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
