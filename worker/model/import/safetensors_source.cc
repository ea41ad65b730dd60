#include "worker/model/import/byte_reader.h"
#include "worker/model/import/weights_source.h"

namespace radsweep::model {
namespace {

// densenet201's header has 130 kB; parsed JSON takes some 50 times the memory of its text.
constexpr std::uint64_t kMaxHeaderBytes = 10'000'000;

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return strides;
}

}  // namespace

std::vector<SourceTensor> read_safetensors(std::string_view bytes, const std::string& where) {
  ByteReader in(bytes, where);
  const std::uint64_t length = in.take_unsigned(8);
  if (length > kMaxHeaderBytes) {
    refuse_import(where, "its safetensors header is larger than that of any DenseNet");
  }
  const std::string_view text = in.take(length);
  const std::string_view data = in.take(in.left());
  std::vector<SourceTensor> tensors;
  for (WeightsEntry& entry : parse_weights_header(text, data.size(), where).entries) {
    SourceTensor& tensor = tensors.emplace_back();
    tensor.name = std::move(entry.name);
    tensor.type = entry.type;
    tensor.shape = std::move(entry.shape);
    element_count(tensor, where);  // so that the strides fit 64 bits
    tensor.strides = dense_strides(tensor.shape);
    tensor.values = data.substr(entry.begin, entry.end - entry.begin);
    check_reach(tensor, where);
  }
  return tensors;
}

}  // namespace radsweep::model
