#include "worker/model/weights_file.h"

#include <ATen/ops/empty.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <set>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/model/weights_header.h"

namespace radsweep::model {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they are");

constexpr std::uint64_t kLengthBytes = 8;
// DenseNet201's header has 130 kB; the reference implementation stops at the same limit.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

at::ScalarType scalar_type(const WeightsEntry& entry, const std::string& file) {
  if (entry.type == WeightsType::F32) return at::kFloat;
  if (entry.type == WeightsType::I64) return at::kLong;
  throw Error(ExitCode::environment, "read weights", file,
              "tensor '" + entry.name + "' has dtype \"" + type_name(entry.type) +
                  "\"; networks are trained from F32 and I64",
              "convert it with radsweep weights import");
}

WeightsHeader layout_of(const std::vector<NamedTensor>& tensors, const WeightsMetadata& metadata) {
  WeightsHeader header{.entries = {}, .metadata = metadata};
  std::set<std::string> names;
  std::uint64_t next = 0;
  for (const auto& [name, value] : tensors) {
    ensure(names.insert(name).second, "a weights file needs distinct names");
    ensure(value.scalar_type() == at::kFloat || value.scalar_type() == at::kLong,
           "a weights file holds float32 and int64 only");
    const auto type = value.scalar_type() == at::kFloat ? WeightsType::F32 : WeightsType::I64;
    const std::uint64_t end = next + static_cast<std::uint64_t>(value.numel()) * value_bytes(type);
    header.entries.push_back({name, type, value.sizes().vec(), next, end});
    next = end;
  }
  return header;
}

std::string_view bytes_of(const at::Tensor& contiguous) {
  return {static_cast<const char*>(contiguous.const_data_ptr()), contiguous.nbytes()};
}

std::string length_bytes(std::uint64_t length) {
  const auto bytes = std::bit_cast<std::array<char, kLengthBytes>>(length);
  return {bytes.data(), bytes.size()};
}

// A file read front to back whose every short read is an error.
class Input {
 public:
  explicit Input(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code problem;
    size_ = std::filesystem::file_size(path, problem);
    errno = problem.value();
    if (!problem) stream_.open(path, std::ios::binary);
    if (!stream_.is_open()) throw system_error("read weights", name_, errno);
  }

  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }

  void read(void* target, std::uint64_t bytes) {
    stream_.read(static_cast<char*>(target), static_cast<std::streamsize>(bytes));
    if (!stream_) {
      throw Error(ExitCode::environment, "read weights", name_,
                  "the file ends early or is unreadable",
                  "check the disk, or write the file again");
    }
  }

 private:
  std::string name_;
  std::uint64_t size_ = 0;
  std::ifstream stream_;
};

WeightsHeader read_header(Input& file) {
  std::uint64_t length = 0;
  if (file.size() >= kLengthBytes) file.read(&length, kLengthBytes);
  if (length == 0 || length > kMaxHeaderBytes || length > file.size() - kLengthBytes) {
    throw Error(ExitCode::environment, "read weights", file.name(),
                "it does not start with a safetensors header",
                "convert a .pth file with radsweep weights import");
  }
  std::string text(length, '\0');
  file.read(text.data(), length);
  return parse_weights_header(text, file.size() - kLengthBytes - length, file.name());
}

}  // namespace

void write_weights_file(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                        const WeightsMetadata& metadata) {
  const std::string header = weights_header_text(layout_of(tensors, metadata));
  replace_file(path, [&](const ByteSink& append) {
    append(length_bytes(header.size()));
    append(header);
    for (const NamedTensor& tensor : tensors) append(bytes_of(tensor.value.cpu().contiguous()));
  });
}

WeightsFile read_weights_file(const std::filesystem::path& path) {
  Input file(path);
  WeightsHeader header = read_header(file);
  WeightsFile weights{.tensors = {}, .metadata = std::move(header.metadata)};
  for (const WeightsEntry& entry : header.entries) {
    at::Tensor value = at::empty(entry.shape, scalar_type(entry, file.name()));
    if (value.numel() > 0) file.read(value.mutable_data_ptr(), value.nbytes());
    weights.tensors.push_back({entry.name, std::move(value)});
  }
  return weights;
}

}  // namespace radsweep::model
