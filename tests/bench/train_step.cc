// One training step of the whole network, timed, and the memory of its tensors.
//   train_step ARCHITECTURE PX IMAGES KERNELS [STEPS] [frozen]
//                                              KERNELS: (reference | fused)[-bf16]
// Prints one JSON line: milliseconds per image (median of the steps), the highest sum of live
// tensors during a step, without weights and gradients and Adam's moments, per image, and the
// process's peak resident size.
#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/model/initialise.h"
#include "worker/model/study_classifier.h"
#include "worker/train/adam.h"
#include "worker/train/device.h"
#include "worker/train/memory_format.h"
#include "worker/train/param_groups.h"

using namespace radsweep;

namespace {

// Hears of every allocation and release of tensors on this thread.
class LiveBytes : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, std::int64_t change, size_t, size_t, c10::Device) override {
    now += change;
    peak = std::max(peak, now);
  }
  bool memoryProfilingEnabled() const override { return true; }

  std::int64_t now = 0, peak = 0;
};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) {
    std::fprintf(stderr, "usage: train_step ARCHITECTURE PX IMAGES KERNELS [STEPS] [frozen]\n");
    return 2;
  }
  const std::int64_t px = std::atoll(words[2]), images = std::atoll(words[3]);
  const std::string kernels = words[4];
  const int steps = count > 5 ? std::atoi(words[5]) : 3;
  const bool frozen = count > 6 && std::string(words[6]) == "frozen";

  const train::ComputeDevice here = train::open_device({}, "fp32");
  model::StudyClassifier network(model::StudyClassifierOptions{
      .architecture = attempt::find_architecture(words[1]).value(),
      .kernels = kernels.starts_with("fused") ? model::Kernels::fused : model::Kernels::reference,
      .precision = kernels.ends_with("-bf16") ? model::Precision::bf16 : model::Precision::fp32});
  model::initialise(network, 1);
  train::place(network, here.device);
  network->train();
  train::Adam adam(train::group_parameters(*network, 2), {});
  if (frozen) train::freeze_body(adam.parameters(), true);
  const at::Tensor input =
      at::randn({images, 3, px, px}).contiguous(train::memory_format_on(here.device));
  const at::Tensor study = at::arange(images), labels = at::ones({images});

  std::vector<double> seconds;
  double cpu_start_s = 0;
  const auto live = std::make_shared<LiveBytes>();
  for (int step = 0; step < steps + 1; ++step) {
    std::optional<c10::DebugInfoGuard> listening;  // not to a step that is timed
    if (step == 0) listening.emplace(c10::DebugInfoKind::PROFILER_STATE, live);
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor logits = network->forward(input, study, images);
    at::binary_cross_entropy_with_logits(logits, labels).backward();
    listening.reset();
    adam.step({{1e-4, 1e-3}, 0.9});
    adam.zero_grad();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (step > 0) seconds.push_back(passed.count());
    if (step == 0) cpu_start_s = cpu_seconds();
  }
  const double cpu_s = cpu_seconds() - cpu_start_s;
  std::ranges::sort(seconds);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"architecture\": \"%s\", \"px\": %ld, \"images\": %ld, \"kernels\": \"%s\", \"frozen\": "
      "%s, "
      "\"threads\": %d, \"ms_per_image\": %.2f, \"cpu_ms_per_image\": %.2f, "
      "\"tensor_mib_per_image\": %.2f, \"peak_rss_mib\": "
      "%.0f}\n",
      words[1], px, images, kernels.c_str(), frozen ? "true" : "false", at::get_num_threads(),
      1000 * seconds[seconds.size() / 2] / static_cast<double>(images),
      1000 * cpu_s / steps / static_cast<double>(images),
      static_cast<double>(live->peak) / 1048576 / static_cast<double>(images),
      static_cast<double>(usage.ru_maxrss) / 1024);
}
