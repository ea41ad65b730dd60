#include "worker/attempt/architecture.h"

#include <functional>

namespace radsweep::attempt {
namespace {

// The stations of a forward pass, with the channels and the side length (pixels) at each.
struct Visitor {
  std::function<void(int out_channels, int px_in, int px_out)> stem;
  std::function<void(int in_channels, int px)> dense_layer;
  std::function<void(int in_channels, int px)> transition;
  std::function<void(int channels, int px)> last;
};

void walk(const Architecture& a, int px, const Visitor& visit) {
  int channels = a.init_features;
  const int conv_px = (px + 1) / 2;
  visit.stem(channels, px, conv_px);
  int side = (conv_px + 1) / 2;
  for (std::size_t block = 0; block < a.blocks.size(); ++block) {
    for (int layer = 0; layer < a.blocks[block]; ++layer) {
      visit.dense_layer(channels, side);
      channels += a.growth;
    }
    if (block + 1 == a.blocks.size()) break;
    visit.transition(channels, side);
    channels /= 2;
    side /= 2;
  }
  visit.last(channels, side);
}

double square(int side) {
  return static_cast<double>(side) * side;
}

}  // namespace

const std::vector<Architecture>& known_architectures() {
  // growth, blocks and stem width: torchvision.models.densenet (Huang et al. 2017, table 1)
  static const std::vector<Architecture> kKnown = {
      {"densenet121", 32, {6, 12, 24, 16}, 64},
      {"densenet161", 48, {6, 12, 36, 24}, 96},
      {"densenet169", 32, {6, 12, 32, 32}, 64},
      {"densenet201", 32, {6, 12, 48, 32}, 64},
  };
  return kKnown;
}

std::optional<Architecture> find_architecture(const std::string& name) {
  for (const Architecture& known : known_architectures()) {
    if (known.name == name) return known;
  }
  return std::nullopt;
}

int feature_count(const Architecture& a) {
  int features = 0;
  walk(a, 64,
       {[](int, int, int) {}, [](int, int) {}, [](int, int) {},
        [&](int channels, int) { features = channels; }});
  return features;
}

double multiply_adds(const Architecture& a, int px, int hidden_features) {
  double total = 0;
  const int bottleneck = a.bn_size * a.growth;
  walk(a, px,
       {[&](int out, int, int px_out) { total += 3.0 * 49 * out * square(px_out); },
        [&](int in, int side) {
          total += square(side) * bottleneck * (static_cast<double>(in) + 9.0 * a.growth);
        },
        [&](int in, int side) { total += square(side) * in * (in / 2); },
        [&](int channels, int) { total += (2.0 * channels + 1) * hidden_features; }});
  return total;
}

double activation_bytes(const Architecture& a, int px) {
  double floats = 0;
  walk(a, px,
       {[&](int out, int px_in, int px_out) {
          const double pooled = square((px_out + 1) / 2);
          floats += 3 * square(px_in) + 2 * out * square(px_out) +
                    2 * out * pooled;  // + int64 pool indices
        },
        [&](int in, int side) { floats += square(side) * (2.0 * in + 2.0 * a.bn_size * a.growth); },
        [&](int in, int side) { floats += square(side) * 2.5 * in; },
        [&](int channels, int side) { floats += 2.0 * channels * square(side); }});
  return 4 * floats;
}

double fused_activation_bytes(const Architecture& a, int px) {
  double floats = 0;
  const double bottleneck = static_cast<double>(a.bn_size) * a.growth;
  walk(a, px,
       {[&](int out, int px_in, int px_out) { floats += 3 * square(px_in) + out * square(px_out); },
        [&](int, int side) { floats += square(side) * bottleneck; },
        [&](int in, int side) { floats += (square(side) + square(side / 2)) * in; },
        [&](int channels, int side) { floats += square(side) * channels; }});
  return 4 * floats;
}

long parameter_count(const Architecture& a, int hidden_features) {
  long total = 0;
  const long bottleneck = static_cast<long>(a.bn_size) * a.growth;
  walk(a, 64,
       {[&](int out, int, int) { total += 3L * 49 * out + 2L * out; },
        [&](int in, int) {
          total += 2L * in + in * bottleneck + 2 * bottleneck + bottleneck * 9 * a.growth;
        },
        [&](int in, int) { total += 2L * in + static_cast<long>(in) * (in / 2); },
        [&](int channels, int) {
          const long pooled = 2L * channels;
          total += 2L * channels;                           // norm5
          total += 2 * pooled + pooled * hidden_features;   // head: BN, linear
          total += 2L * hidden_features + hidden_features;  // BN, linear to one logit
        }});
  return total;
}

}  // namespace radsweep::attempt
