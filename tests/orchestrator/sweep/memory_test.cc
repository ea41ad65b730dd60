#include "orchestrator/sweep/memory.h"

#include <doctest/doctest.h>

using namespace radsweep::attempt;
using namespace radsweep::orchestrator;

namespace {

double predicted(const Architecture& architecture, int px, const Recipe& recipe,
                 bool cuda_graphs = false) {
  Spec spec;
  spec.architecture = architecture;
  spec.resolution = px;
  spec.recipe = recipe;
  spec.cuda_graphs = cuda_graphs;
  return predicted_memory_bytes(spec);
}

}  // namespace

TEST_CASE("a batch of 30 studies is planned with 45 images") {
  CHECK(planned_batch_images(30) == 45);
  CHECK(planned_batch_images(3) == 5);
}

TEST_CASE("with the reference kernels the largest cell fits no 24 GB card, the smallest does") {
  // In PyTorch: 46.8 GiB of activations for densenet161 at 480 with 45 images, 63.8 MiB an image
  // for densenet121 at 160
  constexpr double kGiB = 1024.0 * 1024 * 1024;
  Recipe recipe;
  recipe.kernels = "reference";
  const double largest = predicted(*find_architecture("densenet161"), 480, recipe);
  CHECK(largest / kGiB > 46.8);
  CHECK(largest / kGiB < 46.8 * 1.1 + 1.5);
  const double smallest = predicted(*find_architecture("densenet121"), 160, recipe);
  CHECK(smallest / kGiB > 45 * 63.8 / 1024);
  CHECK(smallest / kGiB < 4.5);
}

TEST_CASE("with the fused kernels the largest cell takes less than half of a 24 GB card") {
  constexpr double kGiB = 1024.0 * 1024 * 1024;
  const double largest = predicted(*find_architecture("densenet161"), 480, Recipe{});
  CHECK(largest / kGiB > 45 * 201.8 / 1024);
  CHECK(largest / kGiB < 12);
}

TEST_CASE("bf16 is predicted to take more than half of the memory for maps, and less than fp32") {
  for (const char* kernels : {"fused", "reference"}) {
    Recipe fp32, bf16;
    fp32.kernels = bf16.kernels = kernels;
    bf16.precision = "bf16";
    const Architecture large = *find_architecture("densenet161");
    const auto maps = [&](const Recipe& recipe) {
      Recipe smaller = recipe;
      smaller.studies_per_batch = 10;
      return predicted(large, 480, recipe) - predicted(large, 480, smaller);
    };
    CHECK(maps(bf16) > maps(fp32) * 8.6 / 14.0);  // what was measured
    CHECK(maps(bf16) < maps(fp32) * 0.7);
  }
}

TEST_CASE("CUDA graphs are predicted to take maps twice and gradients three times") {
  const Architecture small = *find_architecture("densenet121"),
                     large = {"large", 64, {9, 9, 9}, 64};
  Recipe half;
  half.studies_per_batch = 15;
  const auto maps = [&](bool cuda_graphs) {
    return predicted(small, 480, Recipe{}, cuda_graphs) - predicted(small, 480, half, cuda_graphs);
  };
  CHECK(maps(true) == doctest::Approx(2 * maps(false)));
  // images of one pixel have hardly any maps
  const auto rest = [&](const Architecture& architecture) {
    return predicted(architecture, 1, half, true) - predicted(architecture, 1, half);
  };
  const auto parameters = static_cast<double>(parameter_count(large, half.hidden_features));
  CHECK(rest(large) == doctest::Approx(8 * parameters).epsilon(0.05));
}

TEST_CASE("memory grows with the batch, the resolution and the head") {
  const Architecture small = {"small", 8, {2, 2, 2}, 16};
  Recipe recipe;
  const double base = predicted(small, 64, recipe);
  CHECK(predicted(small, 128, recipe) > base);
  recipe.hidden_features = 4096;
  CHECK(predicted(small, 64, recipe) > base);
  recipe = {};
  recipe.studies_per_batch = 60;
  CHECK(predicted(small, 64, recipe) > base);
}
