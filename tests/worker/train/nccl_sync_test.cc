// NcclSync's calls, answered by a stand-in for libnccl: two ranks as threads, tensors on the host.
#include "worker/train/nccl_sync.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <unistd.h>

#undef CHECK
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

// The stand-in for libnccl takes this for a stream. Says what was asked, in order.
class FakeStream : public SideStream {
 public:
  explicit FakeStream(std::string& calls) : calls_(calls) {}
  void* handle() override { return &calls_; }
  void follow() override { calls_ += "follow "; }
  void join() override { calls_ += "join "; }

 private:
  std::string& calls_;
};

void both_do(const std::function<void(NcclSync&, const std::string& calls)>& deed) {
  RankMemory first = RankMemory::create(2);
  RankMemory second = RankMemory::join(::dup(first.descriptor()), 1);
  std::jthread other([&] {
    std::string calls;
    NcclSync sync(second, std::make_unique<FakeStream>(calls), FAKE_NCCL);
    deed(sync, calls);
  });
  std::string calls;
  NcclSync sync(first, std::make_unique<FakeStream>(calls), FAKE_NCCL);
  deed(sync, calls);
}

}  // namespace

TEST_CASE("NCCL is asked to sum floats and doubles in place, and to hand out the first's bytes") {
  both_do([](NcclSync& sync, const std::string&) {
    for (const auto type : {at::kFloat, at::kDouble}) {
      const at::Tensor values = at::full({3, 5}, sync.rank() + 1, type);
      sync.sum(values);
      CHECK(at::equal(values, at::full({3, 5}, 3, type)));
    }
    const at::Tensor counts = at::arange(6, at::kLong).view({2, 3}).add(100 * sync.rank()).t();
    sync.copy_of_first(counts);
    CHECK(at::equal(counts, at::arange(6, at::kLong).view({2, 3}).t()));
  });
}

TEST_CASE("a sum that is only begun goes to the stream beside LibTorch's, behind what it has") {
  both_do([](NcclSync& sync, const std::string& calls) {
    const at::Tensor now = at::full({3}, 1.0F), later = at::full({5}, 1.0F) + sync.rank();
    sync.sum(now);  // the stand-in answers 100 times the sum on another than the default stream
    CHECK(calls.empty());
    CHECK(at::equal(now, at::full({3}, 2.0F)));
    sync.begin_sum(later);
    CHECK(calls == "follow ");
    CHECK(at::equal(later, at::full({5}, 300.0F)));
    sync.finish_sums();
    CHECK(calls == "follow join ");
  });
}

TEST_CASE("a machine without NCCL says so") {
  RankMemory memory = RankMemory::create(1);
  CHECK_THROWS_WITH_AS(NcclSync(memory, nullptr, "libnccl_is_not_here.so"),
                       doctest::Contains("LibTorch's CUDA profiles bring it"), Error);
}
