// radsweep-worker on a real GPU, and on two. A program of its own: where there is no GPU it says so
// and exits with 77, which ctest reports as skipped.
#include <dlfcn.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "worker/train/batch_tensors.h"
#undef CHECK
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/worker/train/tiny_run.h"
#include "tests/worker/train/worker_process.h"
#include "worker/attempt/attempt_files.h"
#include "worker/train/visible_gpus.h"

using namespace radsweep;
using namespace radsweep::test;
using attempt::Result;

namespace {

constexpr int kSkipped = 77;
std::vector<train::VisibleGpu> gpus;

// On so many GPUs, at most as many as there are; 0: on the CPU.
void place(TinyRun& tiny, std::size_t count) {
  tiny.spec.slot.gpu_uuid = count > 0 ? gpus[0].uuid : "";
  tiny.spec.slot.others.clear();
  for (std::size_t i = 1; i < count; ++i) tiny.spec.slot.others.push_back({gpus[i].uuid, 1, {}});
}

Result trained(TinyRun& tiny, std::size_t count, const std::string& kernels = "fused") {
  place(tiny, count);
  tiny.spec.recipe.kernels = kernels;
  const fs::path folder = tiny.new_attempt(1);
  REQUIRE(run(folder) == 0);
  return numbers_of(folder);
}

void check_close(const Result& result, const Result& wanted, double epsilon) {
  CHECK(result.steps == wanted.steps);
  REQUIRE(result.epochs.size() == wanted.epochs.size());
  for (std::size_t i = 0; i < wanted.epochs.size(); ++i) {
    CAPTURE(i);
    CHECK(result.epochs[i].train_loss ==
          doctest::Approx(wanted.epochs[i].train_loss).epsilon(epsilon));
    CHECK(result.epochs[i].valid_loss ==
          doctest::Approx(wanted.epochs[i].valid_loss).epsilon(epsilon));
  }
}

bool lack(std::size_t count) {
  if (gpus.size() >= count) return false;
  MESSAGE("not run: needs " << count << " GPUs and there are " << gpus.size());
  return true;
}

// Asked to stop after its first checkpoint, then continued.
Result stopped_and_continued(TinyRun& tiny, std::size_t count) {
  place(tiny, count);
  const fs::path folder = tiny.new_attempt(1);
  Worker worker(folder);
  REQUIRE(eventually([&] { return fs::exists(folder / attempt::kLastCheckpoint); }));
  worker.signal(SIGTERM);
  CHECK(worker.exit_code() == static_cast<int>(attempt::WorkerExit::stopped));
  REQUIRE(run(tiny.new_attempt(2)) == 0);
  return numbers_of(tiny.dir / "2");
}

}  // namespace

TEST_CASE("a GPU trains what the CPU trains, with both kinds of kernels") {
  TinyRun cpu;
  const Result wanted = trained(cpu, 0);
  for (const char* kernels : {"fused", "reference"}) {
    CAPTURE(std::string(kernels));
    TinyRun gpu;
    check_close(trained(gpu, 1, kernels), wanted, 1e-3);
  }
}

TEST_CASE("a GPU augments a batch to the bits that the loader makes of it") {
  const TinyRun tiny;
  // not open_device(): this process sees all GPUs
  REQUIRE(::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr);
  const at::Device device(at::kCUDA, 0);
  const data::ImageCache cache(tiny.spec.data.cache, TinyRun::kPx);
  const auto first = [&](data::Images images) {
    return data::BatchLoader::training(cache, tiny.dataset.train, tiny.spec.recipe, 1, 0, 0, 1, {},
                                       images)
        .next()
        .value();
  };
  data::Batch augmented = first(data::Images::augmented), stored = first(data::Images::stored);
  const at::Tensor expected = train::to_tensors(augmented, TinyRun::kPx, at::kCPU).images;
  CHECK(train::to_tensors(stored, TinyRun::kPx, device).images.cpu().equal(expected));
}

TEST_CASE("the same run gives the same bits on the same GPU, undisturbed and continued") {
  TinyRun first, second, parted;
  for (TinyRun* tiny : {&first, &second, &parted}) tiny->spec.recipe.epochs = 18;
  for (TinyRun* tiny : {&second, &parted}) tiny->spec.data = first.spec.data;
  const Result wanted = trained(first, 1);
  const bool repeats = trained(second, 1) == wanted;
  CHECK(repeats);
  const bool continues = stopped_and_continued(parted, 1) == wanted;
  CHECK(continues);
}

TEST_CASE("a GPU that is given its steps as a whole trains to the bits of one that is not") {
  for (const char* kernels : {"fused", "reference"}) {
    CAPTURE(std::string(kernels));
    TinyRun plain({.most_views = 1}), whole({.most_views = 1});
    whole.spec.data = plain.spec.data;
    whole.spec.cuda_graphs = true;
    for (TinyRun* tiny : {&plain, &whole}) tiny->spec.recipe.epochs = 18;
    const Result wanted = trained(plain, 1, kernels);
    const bool same = trained(whole, 1, kernels) == wanted;
    CHECK(same);
    const std::string events = read_file(whole.dir / "1" / attempt::kEventsFile);
    // all batches are of the largest size
    CHECK(events.find("cuda_graphs: 114 of 114 steps were replays") != std::string::npos);
  }
}

TEST_CASE("two GPUs train what one trains") {
  if (lack(2)) return;
  TinyRun one, two;
  check_close(trained(two, 2), trained(one, 1), 1e-4);
}

TEST_CASE("two GPUs stop together and continue with the undisturbed run's bits") {
  if (lack(2)) return;
  TinyRun whole, parted;
  for (TinyRun* tiny : {&whole, &parted}) tiny->spec.recipe.epochs = 18;
  parted.spec.data = whole.spec.data;
  const Result wanted = trained(whole, 2);
  const bool continues = stopped_and_continued(parted, 2) == wanted;
  CHECK(continues);
}

TEST_CASE("the death of one GPU's process ends the attempt, not to wait in a sum for ever") {
  if (lack(2)) return;
  TinyRun tiny;
  tiny.spec.recipe.epochs = 1000;
  place(tiny, 2);
  const fs::path folder = tiny.new_attempt(1);
  Worker worker(folder);
  REQUIRE(eventually([&] { return fs::exists(folder / attempt::kLastCheckpoint); }));
  const int rank = other_rank_of(worker.pid());
  REQUIRE(rank > 0);
  ::kill(rank, SIGKILL);
  CHECK(worker.exit_code() == 128 + SIGKILL);
}

int main(int argc, char** argv) {
  try {
    gpus = train::visible_gpus();
  } catch (const Error& none) {
    std::cout << "skipped: " << none.what() << '\n';
    return kSkipped;
  }
  if (gpus.empty()) {
    std::cout << "skipped: no GPU is visible\n";
    return kSkipped;
  }
  // as the orchestrator starts a worker: it sees its own GPU alone
  ::setenv("CUDA_VISIBLE_DEVICES", gpus[0].uuid.c_str(), 1);
  return doctest::Context(argc, argv).run();
}
