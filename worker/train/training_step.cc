#include "worker/train/training_step.h"

#include <ATen/ops/binary_cross_entropy_with_logits.h>

#include <utility>

#include "base/error.h"

namespace radsweep::train {
namespace {

// The mean over the studies of the whole batch, as far as this rank's add to it.
at::Tensor loss_of_part(const at::Tensor& logits, const at::Tensor& labels,
                        std::int64_t studies_of_all) {
  if (labels.size(0) == studies_of_all) {
    return at::binary_cross_entropy_with_logits(logits, labels);
  }
  return at::binary_cross_entropy_with_logits(logits, labels, {}, {}, at::Reduction::Sum) /
         studies_of_all;
}

}  // namespace

TrainingStep::TrainingStep(model::StudyClassifier model, Adam& adam, GradientSync* sync)
    : model_(std::move(model)), adam_(adam), sync_(sync) {
  if (!sync_) return;
  model_->share_batch(sync_);
  buckets_.emplace(*sync_, adam_.parameters());
}

void TrainingStep::record(Recording how) {
  ensure(!sync_, "steps of several ranks are not recorded");
  graphs_ = std::make_unique<StepGraphs>(model_, adam_.parameters(), std::move(how));
}

at::Tensor TrainingStep::queue(const LoadedBatch& loaded, std::uint64_t seed, long step,
                               const Rates& rates) {
  model_->set_dropout_key({seed, static_cast<std::uint64_t>(step), loaded.batch.first_view});
  const at::Tensor loss =
      graphs_ ? graphs_->loss_and_gradients(loaded.tensors) : loss_and_gradients(loaded);
  adam_.step(rates);
  adam_.zero_grad();
  return loss;
}

at::Tensor TrainingStep::loss_and_gradients(const LoadedBatch& loaded) {
  const auto& [batch, tensors] = loaded;
  if (sync_) sync_->begin_batch(batch.views_of_all);
  const at::Tensor logits =
      model_->forward(tensors.images, tensors.study_of_view, tensors.labels.size(0));
  const at::Tensor loss = loss_of_part(logits, tensors.labels, batch.studies_of_all);
  if (buckets_) buckets_->begin();
  loss.backward();
  if (buckets_) buckets_->finish();
  return loss.detach();
}

double TrainingStep::whole_loss(const at::Tensor& loss) const {
  const double part = loss.item<double>();
  return sync_ ? sync_->sum_of(part) : part;
}

void TrainingStep::learning_changed() {
  if (graphs_) graphs_->forget();
}

}  // namespace radsweep::train
