// The `bench` verb of the fake worker: a measurement of always the same numbers, or what
// fake_behaviour.h says instead.
#pragma once

#include <poll.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "tests/support/fake_behaviour.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/spec.h"

namespace radsweep::test {

// 100 images/s frozen, 80 full, 400 in validation.
inline constexpr const char* kFakeMeasurement = R"({"device": "fake", "peak_memory_mb": 2048,
  "phases": [{"phase": "frozen", "steps": [{"images": 40, "seconds": 0.4}]},
             {"phase": "full", "steps": [{"images": 40, "seconds": 0.5},
                                         {"images": 40, "seconds": 0.4},
                                         {"images": 40, "seconds": 0.8}]},
             {"phase": "validation", "steps": [{"images": 40, "seconds": 0.1}]}]})";

inline int fake_bench(const std::filesystem::path& folder) {
  const attempt::Spec spec = attempt::read_spec(folder);
  const FakeBehaviour fake = fake_behaviour(spec.run);
  if (fake.ignore_term) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
  }
  std::fprintf(stderr, "measures at %d px\nCUDA_VISIBLE_DEVICES=%s\n", spec.resolution,
               std::getenv("CUDA_VISIBLE_DEVICES"));
  attempt::write_beat(folder, {});
  while (!fake.wait_for.empty() && !std::filesystem::exists(fake.wait_for)) ::poll(nullptr, 0, 5);
  if (fake.signal > 0) ::raise(fake.signal);
  if (fake.exit_code >= 0) return fake.exit_code;
  if (fake.fail.empty()) return std::puts(kFakeMeasurement) < 0;
  std::printf(R"({"error_class": "%s", "error": "the fake worker was told to fail"})",
              fake.fail.c_str());
  return 70;
}

}  // namespace radsweep::test
