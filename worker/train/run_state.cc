#include "worker/train/run_state.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "worker/train/checkpoint.h"

namespace radsweep::train {
namespace {

// Tensors on their way into a checkpoint: keeps the copies alive whose bytes are shown.
class Collected {
 public:
  void add(const std::string& name, const at::Tensor& tensor) {
    kept_.push_back(tensor.detach().cpu().contiguous());
    const at::Tensor& copy = kept_.back();
    bytes_.push_back(
        {name, copy.scalar_type() == at::kLong ? "I64" : "F32", copy.sizes().vec(),
         std::string_view(static_cast<const char*>(copy.const_data_ptr()), copy.nbytes())});
  }
  void add(const std::string& prefix, const Weights& weights) {
    for (const model::NamedTensor& tensor : weights) add(prefix + tensor.name, tensor.value);
  }
  const std::vector<TensorBytes>& bytes() const { return bytes_; }

 private:
  std::vector<at::Tensor> kept_;
  std::vector<TensorBytes> bytes_;
};

void fill(const CheckpointFile& file, const std::string& name, at::Tensor target) {
  const TensorBytes* found = file.find(name);
  if (!found || found->shape != target.sizes().vec() || found->bytes.size() != target.nbytes()) {
    throw Error(ExitCode::environment, "continue from", "a checkpoint",
                "its tensor " + name + (found ? " has another shape" : " is missing"),
                "remove the attempt's *.ckpt files to start the run again");
  }
  const at::NoGradGuard no_grad;
  // copy_ only reads from it
  target.copy_(at::from_blob(const_cast<char*>(found->bytes.data()), target.sizes(),
                             at::TensorOptions(target.scalar_type())));
}

std::vector<Adam::Moments> restored_moments(const CheckpointFile& file, const Adam& adam) {
  const auto steps = file.state().at("adam_steps").get<std::vector<long>>();
  ensure(steps.size() == adam.parameters().size(),
         "a checkpoint with another number of parameters");
  std::vector<Adam::Moments> moments(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] == 0) continue;
    const TrainedParameter& parameter = adam.parameters()[i];
    moments[i] = {at::zeros_like(parameter.tensor), at::zeros_like(parameter.tensor), steps[i]};
    fill(file, "mean/" + parameter.name, moments[i].mean);
    fill(file, "square/" + parameter.name, moments[i].square);
  }
  return moments;
}

Weights restored_weights(const CheckpointFile& file, const std::string& prefix,
                         const model::StudyClassifier& model) {
  Weights weights;
  for (const model::NamedTensor& tensor : model::state_of(*model)) {
    weights.push_back({tensor.name, at::empty_like(tensor.value, at::TensorOptions(at::kCPU),
                                                   at::MemoryFormat::Contiguous)});
    fill(file, prefix + tensor.name, weights.back().value);
  }
  return weights;
}

}  // namespace

Weights copy_weights(const model::StudyClassifier& model) {
  Weights weights;
  for (const model::NamedTensor& tensor : model::state_of(*model)) {
    weights.push_back({tensor.name, tensor.value.detach().to(at::TensorOptions(at::kCPU), false,
                                                             /*copy=*/true)});
  }
  return weights;
}

void save_run(const std::filesystem::path& attempt_folder, const std::string& identity,
              const RunState& state) {
  Collected tensors;
  tensors.add("model/", model::state_of(*state.model));
  nlohmann::json steps = nlohmann::json::array();
  for (std::size_t i = 0; i < state.adam.parameters().size(); ++i) {
    const Adam::Moments& moments = state.adam.moments()[i];
    steps.push_back(moments.steps);
    if (moments.steps == 0) continue;
    tensors.add("mean/" + state.adam.parameters()[i].name, moments.mean);
    tensors.add("square/" + state.adam.parameters()[i].name, moments.square);
  }
  tensors.add("best/", state.best);
  tensors.add("best_loss/", state.best_loss);
  save_checkpoint(attempt_folder, identity,
                  {{"progress", state.progress},
                   {"adam_steps", steps},
                   {"threads", state.threads},
                   {"ranks", state.ranks}},
                  tensors.bytes());
}

std::optional<int> threads_before(const CheckpointFile& file) {
  const auto threads = file.state().find("threads");
  if (threads == file.state().end()) return std::nullopt;
  return threads->get<int>();
}

int ranks_before(const CheckpointFile& file) {
  return file.state().value("ranks", 1);
}

void restore_run(const CheckpointFile& file, RunState& state) {
  for (const model::NamedTensor& tensor : model::state_of(*state.model)) {
    fill(file, "model/" + tensor.name, tensor.value);
  }
  state.adam.restore(restored_moments(file, state.adam));
  file.state().at("progress").get_to(state.progress);
  if (state.progress.best_epoch >= 0) state.best = restored_weights(file, "best/", state.model);
  if (state.progress.best_loss_epoch >= 0) {
    state.best_loss = restored_weights(file, "best_loss/", state.model);
  }
}

void share_state(RunState& state, GradientSync& sync) {
  nlohmann::json told = {{"progress", state.progress}, {"adam_steps", nlohmann::json::array()}};
  for (const Adam::Moments& moments : state.adam.moments()) {
    told["adam_steps"].push_back(moments.steps);
  }
  told = nlohmann::json::parse(sync.of_first(told.dump()));
  for (const model::NamedTensor& tensor : model::state_of(*state.model)) {
    sync.copy_of_first(tensor.value);
  }
  const auto steps = told.at("adam_steps").get<std::vector<long>>();
  std::vector<Adam::Moments> moments = state.adam.moments();
  ensure(steps.size() == moments.size(), "all ranks have the same parameters");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i] == 0) continue;
    const at::Tensor& parameter = state.adam.parameters()[i].tensor;
    if (!sync.leads())
      moments[i] = {at::zeros_like(parameter), at::zeros_like(parameter), steps[i]};
    sync.copy_of_first(moments[i].mean);
    sync.copy_of_first(moments[i].square);
  }
  state.adam.restore(std::move(moments));
  told.at("progress").get_to(state.progress);
}

}  // namespace radsweep::train
