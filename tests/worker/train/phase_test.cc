#include "worker/train/phase.h"

#include <doctest/doctest.h>

#include <cstdio>

#include "worker/train/one_cycle.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

// The rates of make_fastai.py, a run of fine_tune(6, base_lr=5e-3); fastai 2.1.10 and 2.8.12 agree.
struct Row {
  const char* phase;
  long step;  // in the phase
  const char *body, *head, *momentum;
};

// 10 batches an epoch.
constexpr Row kShortRun[] = {
    {"frozen", 0, "2.0000000000e-05", "2.0000000000e-04", "0.9500000000"},
    {"frozen", 1, "3.1982931282e-05", "3.1982931282e-04", "0.9475035560"},
    {"frozen", 2, "6.6735136443e-05", "6.6735136443e-04", "0.9402635132"},
    {"frozen", 3, "1.2078634725e-04", "1.2078634725e-03", "0.9290028443"},
    {"frozen", 5, "2.6380781271e-04", "2.6380781271e-03", "0.8992067057"},
    {"frozen", 8, "4.5768237285e-04", "4.5768237285e-03", "0.8588161723"},
    {"frozen", 9, "4.9027830676e-04", "4.9027830676e-03", "0.8520253528"},
    {"full", 0, "5.0000000000e-06", "5.0000000000e-04", "0.9500000000"},
    {"full", 1, "5.1519224721e-06", "5.1519224721e-04", "0.9492403876"},
    {"full", 5, "8.5721235047e-06", "8.5721235047e-04", "0.9321393825"},
    {"full", 9, "1.5000000000e-05", "1.5000000000e-03", "0.9000000000"},
    {"full", 10, "1.6736480752e-05", "1.6736480752e-03", "0.8913175962"},
    {"full", 17, "2.4848077386e-05", "2.4848077386e-03", "0.8507596131"},
    {"full", 18, "2.5000000000e-05", "2.5000000000e-03", "0.8500000000"},
    {"full", 19, "2.4965047879e-05", "2.4965047879e-03", "0.8501398099"},
    {"full", 30, "2.0293670110e-05", "2.0293670110e-03", "0.8688255078"},
    {"full", 40, "1.1566007060e-05", "1.1566007060e-03", "0.9037365091"},
    {"full", 50, "3.3370694466e-06", "3.3370694466e-04", "0.9366525887"},
    {"full", 58, "1.3986360828e-07", "1.3986360828e-05", "0.9494415400"},
    {"full", 59, "3.5202094087e-08", "3.5202094087e-06", "0.9498601902"},
};

// 2532 batches an epoch: the real run.
constexpr Row kRealRun[] = {
    {"frozen", 1, "2.000018849e-05", "2.000018849e-04", "0.949999961"},
    {"frozen", 633, "9.164602032e-05", "9.164602032e-04", "0.935073746"},
    {"frozen", 1266, "2.638078127e-04", "2.638078127e-03", "0.899206706"},
    {"frozen", 2506, "4.999999128e-04", "4.999999128e-03", "0.850000018"},
    {"frozen", 2507, "4.998030386e-04", "4.998030386e-03", "0.850039393"},
    {"frozen", 2520, "2.295540843e-04", "2.295540843e-03", "0.904089724"},
    {"frozen", 2531, "1.926819441e-06", "1.926819441e-05", "0.949615632"},
    {"full", 1000, "7.283140386e-06", "7.283140386e-04", "0.938584298"},
    {"full", 2532, "1.673648075e-05", "1.673648075e-03", "0.891317596"},
    {"full", 4557, "2.499999914e-05", "2.499999914e-03", "0.850000004"},
    {"full", 5064, "2.486038674e-05", "2.486038674e-03", "0.850558459"},
    {"full", 7596, "2.029367011e-05", "2.029367011e-03", "0.868825508"},
    {"full", 10128, "1.156600706e-05", "1.156600706e-03", "0.903736509"},
    {"full", 12660, "3.337069447e-06", "3.337069447e-04", "0.936652589"},
    {"full", 15191, "2.505450032e-10", "2.505450031e-08", "0.949999998"},
};

std::string printed(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Rates rates_of(const attempt::Recipe& recipe, const Row& row, long batches) {
  for (const Phase& phase : phases_of(recipe)) {
    if (phase.name != row.phase) continue;
    const int epoch = phase.first_epoch + static_cast<int>(row.step / batches);
    return rates_at(recipe, phase, epoch, row.step % batches, batches);
  }
  return {};
}

}  // namespace

TEST_CASE("the rates are fastai's, to every recorded digit") {
  const attempt::Recipe recipe;
  for (const Row& row : kShortRun) {
    CAPTURE(row.phase);
    CAPTURE(row.step);
    const Rates rates = rates_of(recipe, row, 10);
    REQUIRE(rates.lr.size() == 2);
    CHECK(printed("%.10e", rates.lr[0]) == row.body);
    CHECK(printed("%.10e", rates.lr[1]) == row.head);
    CHECK(printed("%.10f", rates.beta1) == row.momentum);
  }
  for (const Row& row : kRealRun) {
    CAPTURE(row.phase);
    CAPTURE(row.step);
    const Rates rates = rates_of(recipe, row, 2532);
    CHECK(printed("%.9e", rates.lr[0]) == row.body);
    CHECK(printed("%.9e", rates.lr[1]) == row.head);
    CHECK(printed("%.9f", rates.beta1) == row.momentum);
  }
}

TEST_CASE("the highest rates of two and three groups are fine_tune's") {
  attempt::Recipe recipe;
  auto phases = phases_of(recipe);
  REQUIRE(phases.size() == 2);
  CHECK(phases[0].max_lr == std::vector<double>{5e-4, 5e-3});
  CHECK(phases[1].max_lr[0] == 2.5e-5);
  CHECK(phases[1].max_lr[1] == doctest::Approx(2.5e-3).epsilon(1e-15));

  recipe.param_groups = 3;
  phases = phases_of(recipe);
  CHECK(phases[0].max_lr == std::vector<double>{5e-4, 5e-4, 5e-3});
  CHECK(phases[1].max_lr[1] == doctest::Approx(2.5e-4).epsilon(1e-15));
  CHECK(phases[1].max_lr[2] == doctest::Approx(2.5e-3).epsilon(1e-15));
  const Row row{"full", 37, "", "", ""};
  const Rates rates = rates_of(recipe, row, 10);
  CHECK(rates.lr[1] == doctest::Approx(10 * rates.lr[0]).epsilon(1e-14));
}

TEST_CASE("epochs count over both phases, and an empty phase is left out") {
  attempt::Recipe recipe;
  CHECK(epochs_of(recipe) == 7);
  CHECK(phases_of(recipe)[1].first_epoch == 1);
  CHECK(phases_of(recipe)[1].end_epoch() == 7);
  recipe.frozen_epochs = 0;
  REQUIRE(phases_of(recipe).size() == 1);
  CHECK(phases_of(recipe)[0].name == "full");
  CHECK(phases_of(recipe)[0].first_epoch == 0);
}
