#include "worker/model/import/import_weights.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>
#include <optional>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "worker/model/import/byte_reader.h"
#include "worker/model/import/densenet_state.h"
#include "worker/model/import/weights_source.h"

namespace radsweep::model {
namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, const SourceTensor*>;  // by today's name

// densenet161 in float64 has 230 MB.
constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 30;
constexpr std::size_t kListed = 10;

std::string read_bounded(const fs::path& path) {
  std::error_code problem;
  const std::uintmax_t size = fs::file_size(path, problem);
  if (problem) throw system_error("import weights from", path.string(), problem.value());
  if (size > kMaxFileBytes) {
    refuse_import(path.string(),
                  "it has " + std::to_string(size) + " bytes, no DenseNet is as large");
  }
  return read_file(path);
}

// torch.hub's convention: NAME-<first 8 digits of the SHA-256>.pth
void check_promised_hash(const fs::path& path, const std::string& sha256) {
  const std::string stem = path.stem().string();
  if (stem.size() < 9 || stem[stem.size() - 9] != '-') return;
  const std::string promised = stem.substr(stem.size() - 8);
  if (promised.find_first_not_of("0123456789abcdef") != std::string::npos) return;
  if (sha256.starts_with(promised)) return;
  refuse_import(path.string(),
                "its SHA-256 begins with " + sha256.substr(0, 8) + ", its name says " + promised,
                "get the file again, or rename it if it was changed on purpose");
}

// A network that torch.nn.DataParallel wrapped has its names behind this.
constexpr std::string_view kWrapped = "module.";

Tensors by_todays_name(const WeightsSource& source, ImportReport& report,
                       const std::string& where) {
  const bool wrapped = std::ranges::all_of(
      source.tensors, [](const SourceTensor& tensor) { return tensor.name.starts_with(kWrapped); });
  Tensors named;
  for (const SourceTensor& tensor : source.tensors) {
    const std::string name = todays_name(tensor.name.substr(wrapped ? kWrapped.size() : 0));
    if (name != tensor.name) ++report.renamed;
    if (!named.emplace(name, &tensor).second) {
      refuse_import(where, "it has two tensors " + quoted_name(name));
    }
  }
  return named;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  }
  return text + "]";
}

bool is_counter(const StateEntry& entry) {
  return entry.type == WeightsType::I64;
}

// The classifier's entries as far as `found` has them, for any number of classes.
std::vector<StateEntry> classifier_state(const attempt::Architecture& architecture,
                                         const Tensors& found) {
  const auto weight = found.find("classifier.weight");
  if (weight == found.end() || weight->second->shape.empty()) return {};
  const std::int64_t classes = std::max<std::int64_t>(weight->second->shape.front(), 1);
  return {{"classifier.weight", WeightsType::F32, {classes, attempt::feature_count(architecture)}},
          {"classifier.bias", WeightsType::F32, {classes}}};
}

std::vector<StateEntry> whole_state(const attempt::Architecture& architecture,
                                    const Tensors& found) {
  std::vector<StateEntry> state = densenet_state(architecture);
  for (StateEntry& entry : classifier_state(architecture, found)) state.push_back(std::move(entry));
  return state;
}

// All that keeps `found` from being a `state`, a line each; of long lists some of both sides first.
std::vector<std::string> mismatches(const std::vector<StateEntry>& state, const Tensors& found) {
  std::vector<std::string> lines;
  std::size_t matched = 0;
  std::map<std::string, bool> known;
  for (const StateEntry& entry : state) {
    known[entry.name] = true;
    const auto tensor = found.find(entry.name);
    if (tensor == found.end()) {
      if (!is_counter(entry)) lines.push_back("missing: " + entry.name);
      continue;
    }
    ++matched;
    const SourceTensor& source = *tensor->second;
    if ((source.type == WeightsType::I64) != is_counter(entry)) {
      lines.push_back(entry.name + " has values of another type");
    } else if (source.shape != entry.shape) {
      lines.push_back(entry.name + " is " + shape_text(source.shape) + ", not " +
                      shape_text(entry.shape));
    }
  }
  if (matched == found.size()) return lines;
  std::vector<std::string> unknown;
  for (const auto& [name, tensor] : found) {
    if (!known.contains(name)) unknown.push_back("unknown: " + quoted_name(name));
  }
  const auto first =
      lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), kListed / 2));
  lines.insert(first, unknown.begin(), unknown.end());
  return lines;
}

[[noreturn]] void refuse_misfit(const std::string& where, const std::string& architecture,
                                const std::vector<std::string>& lines) {
  std::string why = "its tensors are no DenseNet's; compared with " + architecture + ":";
  for (std::size_t i = 0; i < lines.size() && i < kListed; ++i) why += "\n    " + lines[i];
  if (lines.size() > kListed) {
    why += "\n    and " + std::to_string(lines.size() - kListed) + " more";
  }
  const bool ours = std::ranges::any_of(
      lines, [](const std::string& line) { return line.starts_with("unknown: 'head."); });
  refuse_import(
      where, why,
      ours ? "export a run's body alone: radsweep export --features-only"
           : "import a state dict of torchvision's or timm's densenet121, 161, 169 or 201");
}

// The candidate that fits; without one, the mismatches with the nearest are told.
const attempt::Architecture& recognise(const Tensors& found,
                                       const std::vector<attempt::Architecture>& candidates,
                                       const std::string& where) {
  ensure(!candidates.empty(), "an import needs architectures to choose from");
  const attempt::Architecture* nearest = nullptr;
  std::vector<std::string> fewest;
  for (const attempt::Architecture& candidate : candidates) {
    std::vector<std::string> lines = mismatches(whole_state(candidate, found), found);
    if (lines.empty()) return candidate;
    if (nearest != nullptr && lines.size() >= fewest.size()) continue;
    nearest = &candidate;
    fewest = std::move(lines);
  }
  refuse_misfit(where, nearest->name, fewest);
}

WeightsHeader header_of(const std::vector<StateEntry>& state,
                        std::map<std::string, std::string> metadata) {
  WeightsHeader header{.entries = {}, .metadata = std::move(metadata)};
  std::uint64_t next = 0;
  for (const StateEntry& entry : state) {
    std::uint64_t bytes = value_bytes(entry.type);
    for (const std::int64_t size : entry.shape) bytes *= static_cast<std::uint64_t>(size);
    header.entries.push_back({entry.name, entry.type, entry.shape, next, next + bytes});
    next += bytes;
  }
  return header;
}

// The root is taken of them.
void check_variances(const std::string& name, const std::string& values, const std::string& where) {
  for (std::size_t at = 0; at < values.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, values.data() + at, sizeof value);
    if (value < 0) refuse_import(where, name + " has a variance below 0");
  }
}

std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

}  // namespace

ImportReport import_weights(const fs::path& source, const fs::path& target,
                            const std::vector<attempt::Architecture>& candidates) {
  const std::string where = source.string();
  const std::string bytes = read_bounded(source);
  ImportReport report;
  report.source_sha256 = sha256_hex(bytes);
  check_promised_hash(source, report.source_sha256);
  const WeightsSource weights = read_weights_source(bytes, where);
  report.format = weights.format;
  const Tensors found = by_todays_name(weights, report, where);
  const attempt::Architecture& architecture = recognise(found, candidates, where);
  report.architecture = architecture.name;
  const std::vector<StateEntry> state = whole_state(architecture, found);
  report.tensors = state.size();
  const std::string header =
      weights_header_text(header_of(state, {{"format", "pt"},
                                            {"architecture", architecture.name},
                                            {"source", source.filename().string()},
                                            {"source_sha256", report.source_sha256}}));
  Sha256 hash;
  replace_file(target, [&](const ByteSink& append) {
    const auto write = [&](const std::string& part) {
      append(part);
      hash.update(part);
    };
    write(little_endian(header.size()));
    write(header);
    for (const StateEntry& entry : state) {
      const auto tensor = found.find(entry.name);
      if (tensor == found.end()) {
        ++report.counters_added;
        write(little_endian(0));
        continue;
      }
      if (tensor->second->type != entry.type) ++report.converted;
      const std::string values = values_of(*tensor->second, where);
      if (entry.name.ends_with("running_var")) check_variances(entry.name, values, where);
      write(values);
    }
  });
  report.target_sha256 = hash.hex();
  return report;
}

}  // namespace radsweep::model
