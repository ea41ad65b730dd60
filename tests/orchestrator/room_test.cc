#include "orchestrator/room.h"

#include <doctest/doctest.h>

#include "tests/support/temp_dir.h"

using radsweep::orchestrator::lack_of_room;

TEST_CASE("a disk has room for a run or says how much it has and how much a run needs") {
  const radsweep::test::TempDir folder;
  CHECK_FALSE(lack_of_room(folder.path(), 0));
  const std::string text = lack_of_room(folder.path(), 1e18).value();
  CHECK(text.find(" MB free in " + folder.path().string()) != std::string::npos);
  CHECK(text.find("a run needs 1000000000000 MB") != std::string::npos);
}

TEST_CASE(
    "a file system that does not tell, or a folder that is not there, does not stop a sweep") {
  CHECK_FALSE(lack_of_room("/proc", 1e18));
  CHECK_FALSE(lack_of_room("/nowhere", 1e18));
}
