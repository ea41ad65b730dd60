#include <ATen/core/grad_mode.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>

#include <stdexcept>

#include "tests/oracle/oracle.h"
#include "worker/model/state.h"
#include "worker/model/study_classifier.h"
#include "worker/model/weights_file.h"
#include "worker/train/memory_format.h"

namespace radsweep::oracle {

void forward(const Arguments& arguments) {
  const model::WeightsFile given = model::read_weights_file(arguments.at(3));
  const auto tensor = [&](const std::string& name) {
    for (const model::NamedTensor& entry : given.tensors) {
      if (entry.name == name) return entry.value;
    }
    throw std::runtime_error("no tensor " + name);
  };
  const auto architecture = attempt::find_architecture(arguments.at(0));
  attempt::Recipe recipe;
  recipe.dropout = 0;
  recipe.kernels = arguments.at(1);
  model::StudyClassifier model(model::options_of(architecture.value(), recipe));
  {
    const at::NoGradGuard no_grad;
    for (const auto& [name, value] : model::state_of(*model)) value.copy_(tensor(name));
  }
  const at::ScalarType precision = arguments.at(2) == "float64" ? at::kDouble : at::kFloat;
  for (auto& [name, value] : model::state_of(*model)) {
    if (value.is_floating_point()) value.set_data(value.to(precision));
  }
  // channels last, as on a CPU: otherwise `fused` would be ATen's operators
  const at::Tensor images =
      tensor("images").to(precision).contiguous(train::memory_format_on(at::kCPU));
  std::vector<model::NamedTensor> results;
  const auto keep = [&](const std::string& name, const at::Tensor& value) {
    const at::Tensor kept = value.detach().clone(at::MemoryFormat::Contiguous);
    // weight files have no float64: its bits travel as int64
    results.push_back({name, kept.scalar_type() == at::kDouble ? kept.view(at::kLong) : kept});
  };

  const at::Tensor labels = tensor("labels").to(precision);
  model->eval();
  {
    const at::NoGradGuard no_grad;
    keep("eval_logits", model->forward_views(images));
  }
  model->train();
  keep("train_logits", model->forward_views(images));
  // the pass above moved the buffers: put them back
  for (const auto& [name, value] : model::state_of(*model)) {
    const at::NoGradGuard no_grad;
    value.copy_(tensor(name));
  }
  const at::Tensor logits = model->forward(images, tensor("study_of_view"), labels.size(0));
  const at::Tensor loss = at::binary_cross_entropy_with_logits(logits, labels);
  loss.backward();
  keep("loss", loss);
  for (const auto& parameter : model->named_parameters()) {
    keep("gradient/" + parameter.key(), parameter.value().grad());
  }
  for (const auto& buffer : model->named_buffers()) keep(buffer.key(), buffer.value());
  model::write_weights_file(arguments.at(4), results);
}

}  // namespace radsweep::oracle
