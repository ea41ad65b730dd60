#include "worker/model/pretrained.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "worker/model/import/densenet_state.h"

namespace radsweep::model {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

Tensors by_name(const std::vector<NamedTensor>& tensors) {
  Tensors named;
  for (const NamedTensor& tensor : tensors) named[tensor.name] = tensor.value;
  return named;
}

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.scalar_type() << ' ' << tensor.sizes();
  return text.str();
}

// Copies every tensor of `found` to its place in `state`, or nothing.
void copy_all(const std::vector<NamedTensor>& state, Tensors found,
              const std::filesystem::path& path, const std::string& hint) {
  std::string problems;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (const NamedTensor& entry : state) {
    const auto node = found.extract(entry.name);
    if (!node) {
      problems += "\n    missing: " + entry.name + " " + shape_text(entry.value);
    } else if (node.mapped().sizes() != entry.value.sizes() ||
               node.mapped().scalar_type() != entry.value.scalar_type()) {
      problems += "\n    " + entry.name + " is " + shape_text(node.mapped()) + ", not " +
                  shape_text(entry.value);
    } else {
      copies.emplace_back(entry.value, node.mapped());
    }
  }
  for (const auto& [name, tensor] : found) {
    problems += "\n    unknown: " + name + " " + shape_text(tensor);
  }
  if (!problems.empty()) {
    throw Error(ExitCode::environment, "load weights", path.string(),
                "they do not fit the network:" + problems, hint);
  }
  const at::NoGradGuard no_grad;
  for (auto& [target, source] : copies) target.copy_(source);
}

}  // namespace

void load_pretrained_features(StudyClassifier& model, const std::filesystem::path& path) {
  std::vector<NamedTensor> state;
  Tensors found;
  for (const NamedTensor& entry : state_of(*model)) {
    if (entry.name.starts_with("features.")) state.push_back(entry);
    if (entry.name.starts_with("features.") && entry.name.ends_with(".num_batches_tracked")) {
      found[entry.name] = at::zeros_like(entry.value);
    }
  }
  for (const NamedTensor& tensor : read_weights_file(path).tensors) {
    if (!tensor.name.starts_with("classifier.")) found[todays_name(tensor.name)] = tensor.value;
  }
  copy_all(state, std::move(found), path,
           "a file of " + model->options().architecture.name +
               "'s weights as radsweep weights import makes it");
}

void save_weights(const StudyClassifier& model, const std::filesystem::path& path,
                  const WeightsMetadata& metadata) {
  write_weights_file(path, state_of(*model), metadata);
}

WeightsMetadata load_weights(StudyClassifier& model, const std::filesystem::path& path) {
  WeightsFile file = read_weights_file(path);
  copy_all(state_of(*model), by_name(file.tensors), path,
           "a file written for the same architecture and hidden_features");
  return file.metadata;
}

}  // namespace radsweep::model
