#include "orchestrator/backup_keeper.h"

#include "tests/base/file_size_limit.h"
#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::SupervisedSweep;

namespace {

struct Kept : SupervisedSweep {
  Kept() : SupervisedSweep(1, 1) {}
  BackupKeeper keeper{database, clock, progress};
  std::filesystem::path copy = store.database().string() + ".backup";
  // Makes the copy if it is due; whether it did.
  bool keeps() {
    std::filesystem::remove(copy);
    keeper.keep();
    return std::filesystem::exists(copy);
  }
};

// Every look at it takes five seconds.
class SlowClock : public Clock {
 public:
  std::int64_t wall_ms() const override { return 0; }
  double elapsed_s() const override { return now_s_ += 5; }
  double boot_s() const override { return 0; }

 private:
  mutable double now_s_ = 0;
};

}  // namespace

TEST_CASE("a copy that takes five seconds is made every five minutes at most") {
  Kept kept;
  SlowClock clock;
  BackupKeeper keeper{kept.database, clock, kept.progress};
  const auto keeps = [&] {
    std::filesystem::remove(kept.copy);
    keeper.keep();
    return std::filesystem::exists(kept.copy);
  };
  keeper.note_change();
  CHECK(keeps());
  keeper.note_change();
  int looks = 0;
  while (!keeps() && looks < 1000) ++looks;
  CHECK(looks * 5 >= 240);
  CHECK(looks * 5 <= 300);
}

TEST_CASE("a backup is made after something happened, at most once a minute") {
  Kept kept;
  CHECK_FALSE(kept.keeps());
  kept.keeper.note_change();
  CHECK(kept.keeps());
  CHECK_FALSE(kept.keeps());
  kept.keeper.note_change();
  kept.clock.advance(59);
  CHECK_FALSE(kept.keeps());
  kept.clock.advance(2);
  CHECK(kept.keeps());
}

TEST_CASE("at the end a backup is made whenever there is news") {
  Kept kept;
  kept.keeper.note_change();
  CHECK(kept.keeps());
  kept.keeper.note_change();
  std::filesystem::remove(kept.copy);
  kept.keeper.finish();
  CHECK(std::filesystem::exists(kept.copy));
}

TEST_CASE("a backup that cannot be made is told of once and made later") {
  Kept kept;
  kept.keeper.note_change();
  {
    const test::FileSizeLimit full(1000);
    CHECK_FALSE(kept.keeps());
    kept.clock.advance(61);
    CHECK_FALSE(kept.keeps());
  }
  CHECK(kept.progress.lines.size() == 1);
  kept.clock.advance(61);
  CHECK(kept.keeps());
}
