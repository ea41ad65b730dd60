#include "worker/model/import/densenet_state.h"

#include <string_view>

namespace radsweep::model {
namespace {

class StateList {
 public:
  void conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t side) {
    entries.push_back({name + ".weight", WeightsType::F32, {out, in, side, side}});
  }
  void norm(const std::string& name, std::int64_t channels) {
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      entries.push_back({name + part, WeightsType::F32, {channels}});
    }
    entries.push_back({name + ".num_batches_tracked", WeightsType::I64, {}});
  }

  std::vector<StateEntry> entries;
};

bool ends_in_dense_layer(std::string_view text) {
  const std::size_t last = text.find_last_not_of("0123456789");
  return last != std::string_view::npos && last + 1 < text.size() &&
         text.substr(0, last + 1).ends_with("denselayer");
}

}  // namespace

std::vector<StateEntry> densenet_state(const attempt::Architecture& architecture) {
  StateList list;
  std::int64_t channels = architecture.init_features;
  const std::int64_t narrow = static_cast<std::int64_t>(architecture.bn_size) * architecture.growth;
  list.conv("features.conv0", 3, channels, 7);
  list.norm("features.norm0", channels);
  for (std::size_t block = 0; block < architecture.blocks.size(); ++block) {
    const std::string number = std::to_string(block + 1);
    for (int i = 0; i < architecture.blocks[block]; ++i) {
      const std::string layer =
          "features.denseblock" + number + ".denselayer" + std::to_string(i + 1);
      list.norm(layer + ".norm1", channels);
      list.conv(layer + ".conv1", channels, narrow, 1);
      list.norm(layer + ".norm2", narrow);
      list.conv(layer + ".conv2", narrow, architecture.growth, 3);
      channels += architecture.growth;
    }
    if (block + 1 == architecture.blocks.size()) break;
    list.norm("features.transition" + number + ".norm", channels);
    list.conv("features.transition" + number + ".conv", channels, channels / 2, 1);
    channels /= 2;
  }
  list.norm("features.norm5", channels);
  return list.entries;
}

std::string todays_name(const std::string& name) {
  for (const std::string_view kind : {".norm.", ".conv."}) {
    const std::size_t at = name.find(kind);
    if (at == std::string::npos || !ends_in_dense_layer(std::string_view(name).substr(0, at))) {
      continue;
    }
    const std::size_t digit = at + kind.size();
    if (digit + 1 < name.size() && (name[digit] == '1' || name[digit] == '2') &&
        name[digit + 1] == '.') {
      return name.substr(0, digit - 1) + name.substr(digit);
    }
  }
  return name;
}

}  // namespace radsweep::model
