#include "db/file_system.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::db;

TEST_CASE("network file systems are told from local ones by their magic number") {
  // statfs(2) and the headers of Lustre, GPFS and BeeGFS
  for (const unsigned long network :
       {0x6969UL, 0x0BD00BD0UL, 0x47504653UL, 0x19830326UL, 0xFF534D42UL, 0x65735546UL})
    CHECK(is_network_file_system(network));
  // ext4, xfs, btrfs, tmpfs, overlayfs, zfs
  for (const unsigned long local :
       {0xEF53UL, 0x58465342UL, 0x9123683EUL, 0x01021994UL, 0x794C7630UL, 0x2FC12FC1UL})
    CHECK_FALSE(is_network_file_system(local));
}

TEST_CASE("the file system of a missing folder is an error") {
  test::TempDir dir;
  CHECK_THROWS_AS(on_network_file_system(dir / "missing"), Error);
}
