#include "worker/train/checkpoint_file.h"

#include <bit>
#include <cstring>

#include "base/durable_file.h"
#include "base/hash.h"
#include "base/json_depth.h"

namespace radsweep::train {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "tensors are written as they lie");
constexpr std::string_view kMagic = "RSWCKPT\n";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kPrefix = kMagic.size() + sizeof(std::uint32_t) + sizeof(std::uint64_t);
constexpr std::size_t kTrailer = 64;

template <typename Integer>
std::string_view bytes_of(const Integer& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <typename Integer>
Integer integer_at(std::string_view content, std::size_t offset) {
  Integer value;
  std::memcpy(&value, content.data() + offset, sizeof value);
  return value;
}

DamagedCheckpoint damaged(const std::filesystem::path& path, const std::string& why) {
  return DamagedCheckpoint(ExitCode::environment, "continue from", path.string(), why);
}

// The header, once magic, format, lengths and checksum were found right.
json checked_header(const std::filesystem::path& path, std::string_view content) {
  if (content.size() < kPrefix + kTrailer || !content.starts_with(kMagic)) {
    throw damaged(path, "it is no checkpoint, or torn");
  }
  const std::size_t body = content.size() - kTrailer;
  if (sha256_hex(content.substr(0, body)) != content.substr(body)) {
    throw damaged(path, "its checksum is wrong");
  }
  const auto format = integer_at<std::uint32_t>(content, kMagic.size());
  if (format != kFormat) {
    throw Error(ExitCode::environment, "continue from", path.string(),
                "its format is " + std::to_string(format) + ", this program reads " +
                    std::to_string(kFormat),
                "use the radsweep that wrote it, or move the file away to start the run again");
  }
  const auto header_size = integer_at<std::uint64_t>(content, kPrefix - sizeof(std::uint64_t));
  if (header_size > body - kPrefix) throw damaged(path, "its header reaches beyond its end");
  const std::string_view text = content.substr(kPrefix, header_size);
  if (is_deep_json(text)) throw damaged(path, "its header nests deeper than any checkpoint's");
  json header = json::parse(text, nullptr, false);
  if (!header.is_object()) throw damaged(path, "its header is no JSON");
  return header;
}

// The tensors that `list` describes, one after the other in `bytes`.
std::map<std::string, TensorBytes> cut_tensors(const std::filesystem::path& path, const json& list,
                                               std::string_view bytes) {
  std::map<std::string, TensorBytes> tensors;
  for (const json& entry : list) {
    const auto size = entry.at("bytes").get<std::size_t>();
    if (size > bytes.size()) throw damaged(path, "a tensor reaches beyond its end");
    const std::string name = entry.at("name");
    tensors[name] = {name, entry.at("type"), entry.at("shape"), bytes.substr(0, size)};
    bytes.remove_prefix(size);
  }
  return tensors;
}

}  // namespace

void write_checkpoint_file(const std::filesystem::path& path, const std::string& identity,
                           const json& state, const std::vector<TensorBytes>& tensors) {
  json list = json::array();
  for (const TensorBytes& tensor : tensors) {
    list.push_back({{"name", tensor.name},
                    {"type", tensor.type},
                    {"shape", tensor.shape},
                    {"bytes", tensor.bytes.size()}});
  }
  const std::string header =
      json{{"identity", identity}, {"state", state}, {"tensors", list}}.dump();
  write_file(path, [&](const ByteSink& sink) {
    Sha256 checksum;
    const auto append = [&](std::string_view bytes) {
      checksum.update(bytes);
      sink(bytes);
    };
    append(kMagic);
    append(bytes_of(kFormat));
    append(bytes_of(static_cast<std::uint64_t>(header.size())));
    append(header);
    for (const TensorBytes& tensor : tensors) append(tensor.bytes);
    sink(checksum.hex());
  });
}

CheckpointFile::CheckpointFile(const std::filesystem::path& path) : content_(read_file(path)) {
  const json header = checked_header(path, content_);
  const auto header_size = integer_at<std::uint64_t>(content_, kPrefix - sizeof(std::uint64_t));
  std::string_view bytes = std::string_view(content_).substr(kPrefix + header_size);
  bytes.remove_suffix(kTrailer);
  try {
    header.at("identity").get_to(identity_);
    state_ = header.at("state");
    tensors_ = cut_tensors(path, header.at("tensors"), bytes);
  } catch (const json::exception& failure) {
    throw damaged(path, std::string("its header is no checkpoint's: ") + failure.what());
  }
}

const TensorBytes* CheckpointFile::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace radsweep::train
