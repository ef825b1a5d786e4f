# Installs the headers of each target and the package files that find_package(weft) reads. Nothing
# in them depends on where the prefix is or on the machine.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(weft_package_folder ${CMAKE_INSTALL_DATADIR}/cmake/weft)

foreach(name IN LISTS weft_targets)
    set(weft_umbrella "")
    if(name STREQUAL "weft")
        set(weft_umbrella FILE_SET umbrella DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
    install(TARGETS weft_${name} EXPORT weft-${name} FILE_SET HEADERS
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${weft_umbrella})
    install(EXPORT weft-${name} NAMESPACE weft:: FILE weft-${name}.cmake
            DESTINATION ${weft_package_folder})
endforeach()

configure_package_config_file(cmake/weft-config.cmake.in weft-config.cmake
                              INSTALL_DESTINATION ${weft_package_folder}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(weft-config-version.cmake COMPATIBILITY SameMajorVersion
                                 ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weft-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/weft-config-version.cmake
        DESTINATION ${weft_package_folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
