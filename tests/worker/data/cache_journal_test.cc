#include "worker/data/cache_journal.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using data::CacheJournal;
using Chunks = std::vector<data::FinishedChunk>;

TEST_CASE("CacheJournal finds the chunks that were added before") {
  test::TempDir folder;
  { CacheJournal(folder / "journal", "data a").add({3, 123, 1}); }
  CacheJournal again(folder / "journal", "data a");
  CHECK(again.found() == Chunks{{3, 123, 1}});
  again.add({0, 9, 0});
  CHECK(CacheJournal(folder / "journal", "data a").found() == Chunks{{3, 123, 1}, {0, 9, 0}});
}

TEST_CASE("CacheJournal drops a torn line and goes on after the last whole one") {
  test::TempDir folder;
  { CacheJournal(folder / "journal", "data a").add({3, 123, 1}); }
  AppendFile(folder / "journal").append("4 5", Durability::atomic_only);
  CacheJournal again(folder / "journal", "data a");
  CHECK(again.found() == Chunks{{3, 123, 1}});
  again.add({7, 8, 0});
  CHECK(CacheJournal(folder / "journal", "data a").found() == Chunks{{3, 123, 1}, {7, 8, 0}});
}

TEST_CASE("CacheJournal refuses the journal of other data") {
  test::TempDir folder;
  { CacheJournal(folder / "journal", "data a").add({3, 123, 1}); }
  CHECK_THROWS_AS(CacheJournal(folder / "journal", "data b"), Error);
  CHECK(CacheJournal(folder / "journal", "data a").found().size() == 1);
}
