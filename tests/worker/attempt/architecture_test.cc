#include "worker/attempt/architecture.h"

#include <doctest/doctest.h>

using namespace radsweep::attempt;

TEST_CASE("known architectures have torchvision's feature and parameter counts") {
  const auto d121 = *find_architecture("densenet121");
  const auto d161 = *find_architecture("densenet161");
  CHECK(feature_count(d121) == 1024);
  CHECK(feature_count(d161) == 2208);
  CHECK(parameter_count(d121) == 8'008'064);
  CHECK(parameter_count(d161) == 28'743'360);
  CHECK_FALSE(find_architecture("densenet122"));
}

TEST_CASE("multiply_adds agrees with the counts measured on torchvision to half a percent") {
  const auto d121 = *find_architecture("densenet121");
  const auto d161 = *find_architecture("densenet161");
  CHECK(multiply_adds(d121, 160) == doctest::Approx(1.447e9).epsilon(0.005));
  CHECK(multiply_adds(d121, 480) == doctest::Approx(13.010e9).epsilon(0.005));
  CHECK(multiply_adds(d161, 160) == doctest::Approx(3.944e9).epsilon(0.005));
  CHECK(multiply_adds(d161, 480) == doctest::Approx(35.477e9).epsilon(0.005));
}

TEST_CASE("activation_bytes agrees with what autograd kept on torchvision to one percent") {
  constexpr double kMiB = 1 << 20;
  CHECK(activation_bytes(*find_architecture("densenet121"), 160) / kMiB ==
        doctest::Approx(63.8).epsilon(0.01));
  CHECK(activation_bytes(*find_architecture("densenet161"), 480) / kMiB ==
        doctest::Approx(1064.0).epsilon(0.01));
}

// tests/bench/train_step.cc: the highest sum of live tensors in a step, without the parameters'
// gradients, images 32, 8, 8 and 4; torch 2.13 on a CPU
TEST_CASE("fused_activation_bytes agrees with what a training step held to three percent") {
  constexpr double kMiB = 1 << 20;
  const auto d121 = *find_architecture("densenet121");
  const auto d161 = *find_architecture("densenet161");
  CHECK(fused_activation_bytes(d121, 160) / kMiB == doctest::Approx(13.86).epsilon(0.03));
  CHECK(fused_activation_bytes(d121, 320) / kMiB == doctest::Approx(55.4).epsilon(0.03));
  CHECK(fused_activation_bytes(d161, 160) / kMiB == doctest::Approx(22.1).epsilon(0.03));
  CHECK(fused_activation_bytes(d161, 480) / kMiB == doctest::Approx(201.8).epsilon(0.03));
}
