// A network whose batch is divided among ranks, here threads, beside one that has all of it.
#include "worker/model/shared_batch.h"

#include <ATen/ATen.h>

#include <barrier>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "worker/model/initialise.h"
#include "worker/model/state.h"
#include "worker/model/study_classifier.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;

namespace {

// What all ranks see of each other.
struct Table {
  explicit Table(int ranks) : parts(static_cast<std::size_t>(ranks)), meeting(ranks) {}
  std::vector<at::Tensor> parts;
  std::barrier<> meeting;
};

class ThreadRank : public model::SharedBatch {
 public:
  ThreadRank(Table& table, std::size_t rank, std::int64_t views)
      : table_(table), rank_(rank), views_(views) {}
  void sum(at::Tensor values) override {
    table_.parts[rank_] = values.clone();
    table_.meeting.arrive_and_wait();
    values.zero_();
    for (const at::Tensor& part : table_.parts) values.add_(part);
    table_.meeting.arrive_and_wait();
  }
  std::int64_t views() const override { return views_; }

 private:
  Table& table_;
  std::size_t rank_;
  std::int64_t views_;
};

const attempt::Architecture kSmall{
    .name = "small", .growth = 4, .blocks = {2, 3}, .init_features = 6, .bn_size = 2};
// Views of each of six studies.
const std::vector<std::int64_t> kStudies{1, 3, 2, 1, 1, 2};
constexpr std::int64_t kViews = 10;

struct Step {
  std::vector<model::NamedTensor> results;  // gradients and buffers
};

model::StudyClassifier make_model(const char* kernels) {
  attempt::Recipe recipe;
  recipe.kernels = kernels;
  recipe.hidden_features = 8;
  model::StudyClassifier network(model::options_of(kSmall, recipe));
  model::initialise(network, 3);
  network->to(at::kDouble);
  network->train();
  return network;
}

// One step's gradients, of studies first .. last - 1 of the batch.
Step step_of(const char* kernels, std::int64_t first, std::int64_t last,
             model::SharedBatch* batch) {
  at::AutoGradMode grad(true);
  const at::Tensor images =
      at::randn({kViews, 3, 24, 24}, at::make_generator<at::CPUGeneratorImpl>(5), at::kDouble) * 3 +
      1;
  std::int64_t before = 0, mine = 0;
  std::vector<std::int64_t> study_of_view;
  for (std::int64_t study = 0; study < last; ++study) {
    const std::int64_t views = kStudies[static_cast<std::size_t>(study)];
    if (study < first) {
      before += views;
      continue;
    }
    mine += views;
    for (std::int64_t view = 0; view < views; ++view) study_of_view.push_back(study - first);
  }
  auto network = make_model(kernels);
  network->share_batch(batch);
  network->set_dropout_key({1, 2, before});
  const at::Tensor logits =
      network->forward(images.narrow(0, before, mine).contiguous(at::MemoryFormat::ChannelsLast),
                       at::tensor(study_of_view, at::kLong), last - first);
  const at::Tensor labels = at::arange(first, last).remainder(2).to(at::kDouble);
  (at::binary_cross_entropy_with_logits(logits, labels, {}, {}, at::Reduction::Sum) /
   static_cast<double>(kStudies.size()))
      .backward();
  Step step;
  for (const auto& item : network->named_parameters()) {
    step.results.push_back({"gradient of " + item.key(), item.value().grad().clone()});
  }
  for (const auto& item : network->named_buffers()) {
    step.results.push_back({item.key(), item.value().to(at::kDouble)});
  }
  return step;
}

// `ends`: the last study of each rank.
Step step_together(const char* kernels, const std::vector<std::int64_t>& ends) {
  Table table(static_cast<int>(ends.size()));
  std::vector<Step> steps(ends.size());
  std::vector<std::jthread> threads;
  for (std::size_t rank = 0; rank < ends.size(); ++rank) {
    threads.emplace_back([&, rank] {
      ThreadRank batch(table, rank, kViews);
      steps[rank] = step_of(kernels, rank == 0 ? 0 : ends[rank - 1], ends[rank], &batch);
    });
  }
  threads.clear();
  for (std::size_t rank = 1; rank < steps.size(); ++rank) {
    for (std::size_t i = 0; i < steps[0].results.size(); ++i) {
      const bool is_gradient = steps[0].results[i].name.starts_with("gradient");
      if (is_gradient) steps[0].results[i].value.add_(steps[rank].results[i].value);
      if (!is_gradient) CHECK(at::equal(steps[0].results[i].value, steps[rank].results[i].value));
    }
  }
  return steps[0];
}

}  // namespace

TEST_CASE("gradients and statistics of a divided batch are those of the whole, in double") {
  for (const char* kernels : {"fused", "reference"}) {
    const Step whole = step_of(kernels, 0, 6, nullptr);
    for (const std::vector<std::int64_t>& ends :
         {std::vector<std::int64_t>{6}, {3, 6}, {1, 6}, {2, 4, 6}, {0, 6}, {4, 4, 6}, {6, 6}}) {
      CAPTURE(std::string(kernels));
      CAPTURE(ends.size());
      CAPTURE(ends.front());
      const Step together = step_together(kernels, ends);
      REQUIRE(together.results.size() == whole.results.size());
      for (std::size_t i = 0; i < whole.results.size(); ++i) {
        CAPTURE(whole.results[i].name);
        const at::Tensor& wanted = whole.results[i].value;
        const double apart = (together.results[i].value - wanted).norm().item<double>();
        CHECK(apart <= 1e-11 * (wanted.norm().item<double>() + 1e-3));
      }
    }
  }
}
