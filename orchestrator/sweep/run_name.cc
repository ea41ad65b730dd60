#include "orchestrator/sweep/run_name.h"

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/shortest_number.h"

namespace radsweep::orchestrator {
namespace {

constexpr std::size_t kLongestName = 160;

std::string joined(const AxisValues& values, char separator) {
  std::string text;
  for (const auto& [key, value] : values) {
    if (!text.empty()) text += separator;
    text += key + "=" + spelled(value);
  }
  return text;
}

std::string as_folder(std::string name) {
  for (char& c : name) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '=' || c == '-';
    if (!safe) c = '_';
  }
  if (name.size() <= kLongestName) return name;
  return name.substr(0, kLongestName - 9) + "-" + sha256_hex(name).substr(0, 8);
}

}  // namespace

std::string spelled(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return shortest_number(value.get<double>());
  return value.dump();
}

std::string start_label(const WeightsFiles& files, const std::string& architecture) {
  const auto file = files.find(architecture);
  return file == files.end() ? "none" : std::filesystem::path(file->second).stem().string();
}

std::string variant_of(const AxisValues& values) {
  return joined(values, ' ');
}

std::string run_name(int resolution, const std::string& architecture, std::int64_t seed,
                     const AxisValues& values) {
  std::string name = std::to_string(resolution) + "-" + architecture + "-s" + std::to_string(seed);
  if (!values.empty()) name += "-" + joined(values, '-');
  return as_folder(std::move(name));
}

std::string own_run_name(const AxisValues& values) {
  std::string name;
  for (const auto& [key, value] : values) {
    if (!name.empty()) name += '-';
    const bool plain = value.is_number() && !std::isdigit(static_cast<unsigned char>(key.back()));
    name += key == "seed" ? "s" : key + (plain ? "" : "=");
    name += spelled(value);
  }
  return as_folder(name.empty() ? "run" : name);
}

}  // namespace radsweep::orchestrator
