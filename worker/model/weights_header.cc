#include "worker/model/weights_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_depth.h"
#include "worker/model/quoted_name.h"

namespace radsweep::model {
namespace {

using nlohmann::json;

constexpr const char* kMetadataKey = "__metadata__";
constexpr std::array kTypes = {WeightsType::F32, WeightsType::I64, WeightsType::F16,
                               WeightsType::BF16, WeightsType::F64};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ExitCode::environment, "read weights", where, why,
              "write the file again with safetensors.torch.save_file");
}

// nlohmann keeps the last of duplicate keys without a word; two tensors of one name are an error.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(const std::string& where) : where_(where) {}

  bool operator()(int depth, json::parse_event_t event, json& parsed) {
    const auto level = static_cast<std::size_t>(depth);
    if (event == json::parse_event_t::object_start) {
      keys_.resize(std::max(keys_.size(), level + 2));
      keys_[level + 1].clear();
    } else if (event == json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!keys_[level].insert(key).second) refuse(where_, "duplicate key " + quoted_name(key));
    }
    return true;
  }

 private:
  const std::string& where_;
  std::vector<std::set<std::string>> keys_;  // by depth
};

std::uint64_t unsigned_number(const json& value, const std::string& what,
                              const std::string& where) {
  if (!value.is_number_unsigned()) refuse(where, what + " is not a whole number from 0 on");
  return value.get<std::uint64_t>();
}

// Product of the sizes; refuses one that does not fit 63 bits together with the value size. Sizes
// of 0 count as 1 there: strides are products of the others.
std::uint64_t bytes_of(const WeightsEntry& entry, const std::string& where) {
  std::uint64_t bytes = value_bytes(entry.type);
  bool empty = false;
  for (const std::int64_t size : entry.shape) {
    empty = empty || size == 0;
    const auto factor = static_cast<std::uint64_t>(size == 0 ? 1 : size);
    constexpr auto kLimit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (bytes > kLimit / factor) {
      refuse(where, "tensor " + quoted_name(entry.name) + " is larger than any memory");
    }
    bytes *= factor;
  }
  return empty ? 0 : bytes;
}

WeightsEntry parse_entry(const std::string& name, const json& object, const std::string& where) {
  const std::string tensor = "tensor " + quoted_name(name);
  for (const char* key : {"dtype", "shape", "data_offsets"}) {
    if (!object.is_object() || !object.contains(key)) refuse(where, tensor + " has no " + key);
  }
  WeightsEntry entry;
  entry.name = name;
  const json& type = object["dtype"];
  const auto known = std::ranges::find_if(
      kTypes, [&](WeightsType candidate) { return type == type_name(candidate); });
  if (known == kTypes.end()) {
    refuse(where,
           tensor + " has dtype " + quoted_name(type.dump()) + "; radsweep reads floats and I64");
  }
  entry.type = *known;
  if (!object["shape"].is_array()) refuse(where, tensor + " has a shape that is not a list");
  for (const json& size : object["shape"]) {
    const std::uint64_t value = unsigned_number(size, "a size of " + tensor, where);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      refuse(where, tensor + " is larger than any memory");
    }
    entry.shape.push_back(static_cast<std::int64_t>(value));
  }
  const json& offsets = object["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) refuse(where, tensor + " has no two offsets");
  entry.begin = unsigned_number(offsets[0], "an offset of " + tensor, where);
  entry.end = unsigned_number(offsets[1], "an offset of " + tensor, where);
  if (entry.end < entry.begin || entry.end - entry.begin != bytes_of(entry, where)) {
    refuse(where, tensor + " has offsets that do not fit its shape");
  }
  return entry;
}

std::map<std::string, std::string> parse_metadata(const json& object, const std::string& where) {
  if (!object.is_object()) refuse(where, "__metadata__ is not an object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) refuse(where, "metadata " + quoted_name(key) + " is not text");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

void check_coverage(const std::vector<WeightsEntry>& entries, std::uint64_t data_bytes,
                    const std::string& where) {
  std::uint64_t next = 0;
  for (const WeightsEntry& entry : entries) {
    if (entry.begin != next) {
      refuse(where, "tensor " + quoted_name(entry.name) + " starts at byte " +
                        std::to_string(entry.begin) + " where " + std::to_string(next) +
                        " was expected (overlap or gap)");
    }
    next = entry.end;
  }
  if (next != data_bytes) {
    refuse(where, "the header describes " + std::to_string(next) +
                      " bytes of values, the file has " + std::to_string(data_bytes));
  }
}

}  // namespace

std::uint64_t value_bytes(WeightsType type) {
  switch (type) {
    case WeightsType::F16:
    case WeightsType::BF16:
      return 2;
    case WeightsType::F32:
      return 4;
    default:
      return 8;
  }
}

const char* type_name(WeightsType type) {
  switch (type) {
    case WeightsType::F32:
      return "F32";
    case WeightsType::I64:
      return "I64";
    case WeightsType::F16:
      return "F16";
    case WeightsType::BF16:
      return "BF16";
    case WeightsType::F64:
      return "F64";
  }
  return "";
}

WeightsHeader parse_weights_header(std::string_view text, std::uint64_t data_bytes,
                                   const std::string& where) {
  if (is_deep_json(text)) refuse(where, "the header nests deeper than any of safetensors");
  json object;
  try {
    object = json::parse(text, DuplicateKeys(where));
  } catch (const json::parse_error& error) {
    refuse(where, "the header is not JSON, at its byte " + std::to_string(error.byte));
  } catch (const json::exception&) {  // a number that no type can hold
    refuse(where, "the header is not JSON");
  }
  if (!object.is_object()) refuse(where, "the header is not a JSON object");
  WeightsHeader header;
  for (const auto& [name, value] : object.items()) {
    if (name == kMetadataKey) {
      header.metadata = parse_metadata(value, where);
    } else {
      header.entries.push_back(parse_entry(name, value, where));
    }
  }
  // empty tensors share their offset with the next one and come before it
  std::ranges::stable_sort(header.entries, [](const WeightsEntry& a, const WeightsEntry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  check_coverage(header.entries, data_bytes, where);
  return header;
}

std::string weights_header_text(const WeightsHeader& header) {
  json object = json::object();
  if (!header.metadata.empty()) object[kMetadataKey] = header.metadata;
  for (const WeightsEntry& entry : header.entries) {
    object[entry.name] = {{"dtype", type_name(entry.type)},
                          {"shape", entry.shape},
                          {"data_offsets", {entry.begin, entry.end}}};
  }
  std::string text = object.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace radsweep::model
