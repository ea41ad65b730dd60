#include "worker/data/study_path.h"

#include <algorithm>
#include <vector>

namespace radsweep::data {
namespace {

std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (!parts.empty() && parts.front() == ".") parts.erase(parts.begin());
  return parts;
}

bool is_numbered(std::string_view text, std::string_view word) {
  if (!text.starts_with(word) || text.size() == word.size()) return false;
  text.remove_prefix(word.size());
  return std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

// Plain names only: they are written unquoted into a cache's index.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return ('0' <= c && c <= '9') || ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z') || c == '_' ||
           c == '-' || c == '.';
  });
}

bool is_jpeg_name(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower.ends_with(".jpg") || lower.ends_with(".jpeg");
}

StudyPath refused(std::string why) {
  StudyPath path;
  path.problem = std::move(why);
  return path;
}

}  // namespace

StudyPath parse_study_path(std::string_view path) {
  const auto quoted = [path] { return "'" + std::string(path) + "' "; };
  if (path.empty()) return refused("the path is empty");
  if (path.front() == '/') return refused(quoted() + "is absolute; paths are relative to the data");
  const auto parts = components(path);
  if (std::ranges::find(parts, "..") != parts.end()) {
    return refused(quoted() + "contains '..'; paths stay inside the data");
  }
  const std::size_t n = parts.size();
  constexpr const char* kShape =
      "is not of the form [FOLDER/](train|valid)/patient<N>/study<N>/view<N>_<name>.jpg";
  if (n < 4 || (parts[n - 4] != "train" && parts[n - 4] != "valid") ||
      !is_numbered(parts[n - 3], "patient") || !is_numbered(parts[n - 2], "study") ||
      !is_plain(parts[n - 1])) {
    return refused(quoted() + kShape);
  }
  if (!is_jpeg_name(parts[n - 1])) return refused(quoted() + "does not name a .jpg file");

  StudyPath found;
  for (std::size_t i = 0; i + 4 < n; ++i) {
    if (i > 0) found.variant += '/';
    found.variant += parts[i];
  }
  found.split = parts[n - 4];
  found.study = found.split + "/" + std::string(parts[n - 3]) + "/" + std::string(parts[n - 2]);
  found.image = found.study + "/" + std::string(parts[n - 1]);
  return found;
}

}  // namespace radsweep::data
