// DenseNet variants as data: one table, and what follows from it (features, cost, memory).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace radsweep::attempt {

// A DenseNet of torchvision's family (Huang et al. 2017). A dense layer is a 1x1 convolution to
// bn_size * growth channels and a 3x3 convolution to `growth` channels; between blocks a
// transition halves channels and side length.
struct Architecture {
  std::string name;         // also in run names: lower-case letters, digits, '_' and '.'
  int growth = 32;          // k: channels every dense layer adds
  std::vector<int> blocks;  // dense layers per block, 1 to 8 blocks
  int init_features = 64;   // channels after the stem
  int bn_size = 4;          // bottleneck width in units of growth

  bool operator==(const Architecture&) const = default;
};

// densenet121, densenet161, densenet169, densenet201 with torchvision's numbers.
const std::vector<Architecture>& known_architectures();
std::optional<Architecture> find_architecture(const std::string& name);

// Channels of the last feature map (1024 for densenet121, 2208 for densenet161).
int feature_count(const Architecture& architecture);

// Multiply-adds of one image's forward pass through body and head, `px` x `px` input.
// densenet121 at 160: 1.447e9 (convolutions and linears only, as usually counted).
double multiply_adds(const Architecture& architecture, int px, int hidden_features = 512);

// Bytes that autograd keeps per image in fp32 training without recomputation (formula:
// stem, per layer 2*C_in + 8k, per transition 2.5*C, last concat and norm5), `px` x `px` input.
// densenet161 at 480: about 1064 MiB.
double activation_bytes(const Architecture& architecture, int px);

// The same of the fused kernels, which keep no output of a norm or ReLU (formula: image and conv0,
// per block its features and 4k of every layer, per transition C / 4). densenet161 at 480: about
// 197 MiB.
double fused_activation_bytes(const Architecture& architecture, int px);

// Parameters of body and head together (densenet121: 8,008,064).
long parameter_count(const Architecture& architecture, int hidden_features = 512);

}  // namespace radsweep::attempt
