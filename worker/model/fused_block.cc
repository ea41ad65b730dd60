#include "worker/model/fused_block.h"

#include <ATen/OpMathType.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <utility>

#include "worker/kernels/convolution.h"
#include "worker/kernels/norm_relu.h"
#include "worker/kernels/pointwise.h"
#include "worker/model/fused.h"

namespace radsweep::model {
namespace {

using kernels::Norm;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr kernels::Window kConv2{.stride = 1, .padding = 1};
constexpr std::size_t kParameters = 6;  // of a layer, in the order of its parameters()

// As maps like these, in what is summed up of them: float32 for bf16.
at::TensorOptions for_sums(const at::Tensor& maps) {
  return maps.options().dtype(at::toOpMathType(maps.scalar_type()));
}

// A layer's tensors that the backward pass needs, beside the features.
struct LayerRecord {
  Norm norm1, norm2;
  at::Tensor weight1, weight2;
  at::Tensor narrow;  // output of conv1
};

struct BlockRecord {
  at::Tensor features;  // [n, c + layers * growth, h, w]
  at::Tensor mean;      // of every feature; empty in evaluation mode
  SharedBatch* batch;   // nullptr: it is not shared
  std::vector<LayerRecord> layers;

  bool training() const { return mean.numel() > 0; }
};

std::int64_t channels_out(const at::Tensor& input, const std::vector<DenseLayer>& layers) {
  std::int64_t channels = input.size(1);
  for (const DenseLayer& layer : layers) channels += layer->conv2->weight.size(0);
  return channels;
}

// Mean and variance of the features known so far.
class FeatureMoments {
 public:
  FeatureMoments(std::int64_t channels, const at::Tensor& like, SharedBatch* batch)
      : batch_(batch),
        all_{at::empty({channels}, for_sums(like)), at::empty({channels}, for_sums(like))} {}

  void note(const at::Tensor& maps, std::int64_t first) {
    const kernels::Moments moments = model::moments(batch_, maps);
    all_.mean.narrow(0, first, maps.size(1)).copy_(moments.mean);
    all_.variance.narrow(0, first, maps.size(1)).copy_(moments.variance);
  }
  kernels::Moments first(std::int64_t channels) const {
    return {all_.mean.narrow(0, 0, channels), all_.variance.narrow(0, 0, channels)};
  }

 private:
  SharedBatch* batch_;
  kernels::Moments all_;
};

// `record`: null when nothing has to be kept.
at::Tensor block_forward(const at::Tensor& input, const std::vector<DenseLayer>& layers,
                         BlockRecord* record) {
  std::int64_t known = input.size(1);
  const std::int64_t channels = channels_out(input, layers);
  SharedBatch* batch = layers.empty() ? nullptr : layers.front()->norm1->shared_batch();
  const std::int64_t count = values_per_channel(batch, input);
  const at::Tensor features =
      at::empty({input.size(0), channels, input.size(2), input.size(3)},
                input.options().memory_format(input.suggest_memory_format()));
  features.narrow(1, 0, known).copy_(input);
  const bool training = !layers.empty() && layers.front()->is_training();
  FeatureMoments moments(training ? channels : 0, input, batch);
  if (training) moments.note(features.narrow(1, 0, known), 0);

  for (DenseLayer layer : layers) {  // the holder, not the module
    const std::int64_t growth = layer->conv2->weight.size(0);
    const at::Tensor seen = features.narrow(1, 0, known);
    const Norm norm1 =
        training ? layer->norm1->of_batch(moments.first(known), count) : layer->norm1->of_running();
    const at::Tensor narrow = kernels::norm_relu_pointwise(seen, norm1, layer->conv1->weight);
    const Norm norm2 = layer->norm2->norm_for(narrow);
    const at::Tensor added = features.narrow(1, known, growth);
    added.copy_(
        kernels::convolution(kernels::norm_relu(narrow, norm2), layer->conv2->weight, kConv2));
    if (training) moments.note(added, known);
    if (record) {
      record->layers.push_back({norm1, norm2, layer->conv1->weight, layer->conv2->weight, narrow});
    }
    known += growth;
  }
  if (record) {
    record->features = features;
    record->mean = moments.first(training ? channels : 0).mean;
    record->batch = batch;
  }
  return features;
}

// The features' gradient while it is summed up, and per channel what is to be taken off it.
class FeatureGradient {
 public:
  FeatureGradient(const at::Tensor& of_output, const BlockRecord& record)
      : record_(record),
        sum_(at::empty(
            record.features.sizes(),
            for_sums(record.features).memory_format(record.features.suggest_memory_format()))),
        off_{at::zeros_like(record.mean), at::zeros_like(record.mean)} {
    sum_.copy_(of_output);
  }

  at::Tensor first(std::int64_t channels) const { return sum_.narrow(1, 0, channels); }

  // A norm of the first channels has added its gradient, without the part through the moments.
  void note(const Norm& norm, const kernels::NormGradient& gradient) {
    if (!record_.training()) return;
    const std::int64_t channels = norm.mean.size(0);
    const kernels::MomentsGradient part =
        kernels::through_moments(norm, gradient, values_per_channel(record_.batch, sum_));
    off_.constant.narrow(0, 0, channels).add_(part.constant);
    off_.slope.narrow(0, 0, channels).add_(part.slope);
  }

  // Of channels that no norm will add to any more.
  at::Tensor complete(std::int64_t first, std::int64_t channels) const {
    const at::Tensor sum = sum_.narrow(1, first, channels);
    if (!record_.training()) {
      return sum.to(record_.features.scalar_type()).contiguous(sum_.suggest_memory_format());
    }
    // linear in the sums over a rank's part: added up over the ranks when they are complete
    const kernels::MomentsGradient off =
        whole(record_.batch, kernels::MomentsGradient{off_.constant.narrow(0, first, channels),
                                                      off_.slope.narrow(0, first, channels)});
    return kernels::through_moments(sum, record_.features.narrow(1, first, channels),
                                    record_.mean.narrow(0, first, channels), off);
  }

 private:
  const BlockRecord& record_;
  at::Tensor sum_;
  kernels::MomentsGradient off_;
};

// Gradients of a layer's parameters, in their order; undefined where not wanted. `wanted` tells
// of each parameter.
std::array<at::Tensor, kParameters> layer_backward(const LayerRecord& layer,
                                                   const BlockRecord& record,
                                                   std::int64_t channels_in,
                                                   const std::array<bool, kParameters>& wanted,
                                                   FeatureGradient& features) {
  const std::int64_t growth = layer.weight2.size(0);
  const at::Tensor gradient = features.complete(channels_in, growth);
  const kernels::ConvolutionGradient by_conv2 =
      kernels::convolution_backward(gradient, kernels::norm_relu(layer.narrow, layer.norm2),
                                    layer.weight2, kConv2, {.maps = true, .weight = wanted[5]});
  const NormReluGradient by_norm2 =
      norm_relu_gradient(by_conv2.maps, layer.narrow, layer.norm2, record.training(), record.batch);
  const kernels::PointwiseGradient by_conv1 = kernels::norm_relu_pointwise_backward(
      by_norm2.maps, record.features.narrow(1, 0, channels_in), layer.norm1, layer.weight1,
      wanted[2], features.first(channels_in));
  features.note(layer.norm1, by_conv1.norm);
  return {by_conv1.norm.weight, by_conv1.norm.bias, by_conv1.weight,
          by_norm2.norm.weight, by_norm2.norm.bias, by_conv2.weight};
}

class FusedBlock : public torch::autograd::Function<FusedBlock> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            at::TensorList /*parameters*/, const std::vector<DenseLayer>& layers) {
    BlockRecord record{};
    const at::Tensor output = block_forward(input, layers, &record);
    SavedTensors saved;
    saved.add(record.features).add(record.mean);
    for (const LayerRecord& layer : record.layers) {
      saved.add(layer.norm1).add(layer.norm2).add(layer.weight1).add(layer.weight2);
      saved.add(layer.narrow);
    }
    context->save_for_backward(saved.take());
    context->saved_data["channels"] = input.size(1);
    keep(*context, record.batch);
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    refuse_second_derivative();
    const variable_list tensors = context->get_saved_variables();
    SavedReader saved(tensors);
    BlockRecord record{saved.tensor(), saved.tensor(), kept_batch(*context), {}};
    while (!saved.at_end()) {
      record.layers.push_back(
          {saved.norm(), saved.norm(), saved.tensor(), saved.tensor(), saved.tensor()});
    }
    // inputs: the block's, the layers' parameters, the list of layers, which has no gradient
    variable_list results(1 + kParameters * record.layers.size() + 1);
    std::int64_t channels = record.features.size(1);
    FeatureGradient features(gradients.front(), record);
    for (std::size_t i = record.layers.size(); i-- > 0;) {
      channels -= record.layers[i].weight2.size(0);
      std::array<bool, kParameters> wanted{};
      for (std::size_t j = 0; j < kParameters; ++j) {
        wanted[j] = context->needs_input_grad(1 + kParameters * i + j);
      }
      auto by_parameter = layer_backward(record.layers[i], record, channels, wanted, features);
      for (std::size_t j = 0; j < kParameters; ++j) {
        if (wanted[j]) results[1 + kParameters * i + j] = std::move(by_parameter[j]);
      }
    }
    if (context->needs_input_grad(0)) results.front() = features.complete(0, channels);
    return results;
  }
};

}  // namespace

at::Tensor fused_dense_block(const at::Tensor& input, const std::vector<DenseLayer>& layers) {
  variable_list parameters;
  for (const DenseLayer& layer : layers) {
    for (const at::Tensor& parameter : layer->parameters()) parameters.push_back(parameter);
  }
  if (wants_gradient(input, parameters)) {
    return FusedBlock::apply(input, at::TensorList(parameters), layers);
  }
  const at::NoGradGuard no_grad;
  return block_forward(input, layers, nullptr);
}

}  // namespace radsweep::model
