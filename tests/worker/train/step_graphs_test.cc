#include "worker/train/step_graphs.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/max.h>
#include <ATen/ops/rand.h>

#undef CHECK
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/worker/train/initial_model.h"
#include "tests/worker/train/tape_recorder.h"
#include "worker/train/rank_memory.h"
#include "worker/train/training_step.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

constexpr int kPx = 16;
const std::vector<std::vector<std::int64_t>> kViewsOfBatches{
    {1, 2, 1}, {1, 1, 1}, {2, 1, 1}, {1, 1, 2}, {1, 1}, {1, 1, 1}, {1, 1}, {1, 2, 1}};

// Stands in for a recorder where what a replay knows does not matter.
const kernels::cuda::GraphRecorder kRunsAgain = [](const kernels::cuda::Work& work) {
  return work;
};

// Noise, a batch for each entry above. Channels first, which on the CPU keeps to ATen's operators.
std::vector<LoadedBatch> batches() {
  std::vector<LoadedBatch> all;
  for (const std::vector<std::int64_t>& views_of : kViewsOfBatches) {
    LoadedBatch loaded;
    std::vector<std::int64_t> study_of_view;
    for (std::size_t study = 0; study < views_of.size(); ++study) {
      study_of_view.insert(study_of_view.end(), static_cast<std::size_t>(views_of[study]),
                           static_cast<std::int64_t>(study));
    }
    const auto views = static_cast<std::int64_t>(study_of_view.size());
    const auto studies = static_cast<std::int64_t>(views_of.size());
    loaded.batch.views = loaded.batch.views_of_all = views;
    loaded.batch.studies_of_all = studies;
    loaded.tensors = {at::rand({views, 3, kPx, kPx}), at::tensor(study_of_view),
                      at::rand({studies}).round()};
    all.push_back(std::move(loaded));
  }
  return all;
}

struct Trainee {
  explicit Trainee(const std::string& kernels) {
    attempt::Spec spec;
    spec.architecture = {"tiny", 4, {2, 2}, 8, 2};
    spec.recipe.kernels = kernels;
    spec.recipe.hidden_features = 8;
    spec.seed = 3;
    model = model::StudyClassifier(model::options_of(spec.architecture, spec.recipe));
    model::initialise(model, spec.seed);
    model->train();
    adam = std::make_unique<Adam>(group_parameters(*model, 2), AdamOptions{});
    step = std::make_unique<TrainingStep>(model, *adam, nullptr);
  }

  std::vector<at::Tensor> state() const {
    std::vector<at::Tensor> all = model->buffers();
    for (const at::Tensor& parameter : model->parameters()) all.push_back(parameter);
    return all;
  }
  double train_on(const LoadedBatch& loaded, long number) {
    const Rates rates{{1e-3, 1e-2}, 0.9};
    return step->whole_loss(step->queue(loaded, 7, number, rates));
  }

  model::StudyClassifier model = nullptr;
  std::unique_ptr<Adam> adam;
  std::unique_ptr<TrainingStep> step;
};

bool same(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!at::equal(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("recorded steps train what steps without recording train, to the bit") {
  for (const std::string kernels : {"reference", "fused"}) {
    CAPTURE(kernels);
    Trainee plain(kernels), replayed(kernels);
    replayed.step->record({test::tape_recorder(replayed.state()), {4, 3}});
    long number = 0;
    for (const bool frozen : {true, false}) {
      for (Trainee* trainee : {&plain, &replayed}) {
        if (frozen) freeze_body(trainee->adam->parameters(), true);
        if (!frozen) unfreeze(trainee->adam->parameters());
        trainee->step->learning_changed();
      }
      for (const LoadedBatch& loaded : batches()) {
        CAPTURE(number);
        CHECK(replayed.train_on(loaded, number) == plain.train_on(loaded, number));
        CHECK(same(replayed.state(), plain.state()));
        ++number;
      }
    }
  }
}

TEST_CASE("the largest batch is recorded first, others the second time they come, then replayed") {
  Trainee trainee("fused");
  int recorded = 0, replayed = 0;
  const auto record = [&](const kernels::cuda::Work& work) -> kernels::cuda::Work {
    ++recorded;
    return [&replayed, work] {
      ++replayed;
      work();
    };
  };
  trainee.step->record({record, {5, 3}});
  std::vector<int> seen;
  for (const LoadedBatch& loaded : batches()) {
    trainee.train_on(loaded, 0);
    seen.push_back(10 * recorded + replayed);
  }
  // sizes in turn: 4 views of 3 studies, 3 of 3, 4 of 3, 4 of 3, 2 of 2, 3 of 3, 2 of 2, 4 of 3
  CHECK(seen == std::vector{10, 10, 21, 22, 22, 33, 44, 45});
  trainee.step->learning_changed();
  for (int i = 0; i < 2; ++i) trainee.train_on(batches().front(), 0);
  CHECK(recorded == 6);
  CHECK(trainee.step->graphs()->counts().recorded == 6);
  CHECK(trainee.step->graphs()->counts().replayed == 6);
  CHECK(trainee.step->graphs()->counts().all == 10);
}

TEST_CASE("the largest batch is recorded without a trace in the training") {
  Trainee plain("fused"), recorded("fused");
  recorded.step->record({kRunsAgain, {9, 4}});
  const LoadedBatch loaded = batches().front();
  CHECK(recorded.train_on(loaded, 0) == plain.train_on(loaded, 0));
  CHECK(same(recorded.state(), plain.state()));
}

TEST_CASE("a batch that is larger than planned for is computed without recording") {
  Trainee trainee("fused");
  trainee.step->record({kRunsAgain, {2, 3}});
  for (int i = 0; i < 3; ++i) trainee.train_on(batches().front(), i);
  CHECK(trainee.step->graphs()->counts().recorded == 1);  // the largest of those that are
  CHECK(trainee.step->graphs()->counts().replayed == 0);
}

TEST_CASE("recorded work leaves gradients in the same place every time") {
  Trainee trainee("fused");
  StepGraphs graphs(trainee.model, trainee.adam->parameters(), {kRunsAgain, {4, 3}});
  std::vector<const void*> before;
  for (const LoadedBatch& loaded : batches()) {
    graphs.loss_and_gradients(loaded.tensors);
    std::vector<const void*> places;
    for (const TrainedParameter& parameter : trainee.adam->parameters()) {
      places.push_back(parameter.tensor.grad().const_data_ptr());
    }
    if (!before.empty()) CHECK(places == before);
    before = places;
    trainee.adam->zero_grad();
  }
}

TEST_CASE("steps of several ranks are not recorded") {
  Trainee trainee("fused");
  RankMemory alone = RankMemory::create(1);
  MemorySync sync(alone);
  TrainingStep step(trainee.model, *trainee.adam, &sync);
  CHECK_THROWS_AS(step.record({kRunsAgain, {4, 3}}), Error);
}

TEST_CASE("work that would wait for the GPU is not recorded by the stand-in") {
  const at::Tensor value = at::rand({});
  const auto record = test::tape_recorder({});
  CHECK_THROWS_AS(record([&] { value.item<float>(); }), std::logic_error);
  CHECK_THROWS_AS(record([&] { value.nonzero(); }), std::logic_error);
  // the gradient of the largest value, which is a scatter
  const at::Tensor values = at::rand({3}).requires_grad_();
  CHECK_THROWS_AS(record([&] { std::get<0>(at::max(values, 0)).backward(); }), std::logic_error);
}

TEST_CASE("recorded are batches that memory is planned for, or the largest that the data makes") {
  std::vector<data::Study> studies(5);
  for (std::size_t i = 0; i < studies.size(); ++i) studies[i].images.resize(1 + i % 3);
  // 1, 2, 3, 1, 2 views
  const auto views_of = [&](int studies_per_batch) {
    return recorded_batches(studies_per_batch, studies).views;
  };
  CHECK(views_of(2) == 3);   // 1.5 a study
  CHECK(views_of(30) == 9);  // all there are
  CHECK(recorded_batches(30, studies).studies == 5);
  CHECK(recorded_batches(3, studies).studies == 3);
}
