# Script mode: writes OUTPUT, a header with the text of each .sql file as a constant named after
# it, so that programs need no files at run time.
# usage: cmake -DFILES=a.sql|b.sql -DOUTPUT=sql_text.h -P embed_sql.cmake
string(REPLACE "|" ";" files "${FILES}")
set(text "// Written by the build from db/*.sql.\n#pragma once\n\nnamespace radsweep::db::sql {\n")
foreach(file IN LISTS files)
  cmake_path(GET file STEM name)
  file(READ ${file} sql)
  # a name may not begin with a digit: 002_x.sql becomes migration_002_x
  if(name MATCHES "^[0-9]")
    set(name "migration_${name}")
  endif()
  string(APPEND text "\ninline constexpr const char* ${name} = R\"sql(${sql})sql\";\n")
endforeach()
string(APPEND text "\n}  // namespace radsweep::db::sql\n")
file(WRITE ${OUTPUT} "${text}")
