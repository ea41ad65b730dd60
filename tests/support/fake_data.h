// The `data` verbs of the fake worker: the smallest files that radsweep takes for a data set.
#pragma once

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/hash.h"
#include "tests/support/fake_behaviour.h"
#include "worker/attempt/spec.h"

namespace radsweep::test {

using Words = std::vector<std::string>;

// The words after `option`, up to the next option.
inline Words values_of(const Words& words, const std::string& option) {
  auto at = std::find(words.begin(), words.end(), option);
  Words values;
  if (at == words.end()) return values;
  for (++at; at != words.end() && at->rfind("--", 0) != 0; ++at) values.push_back(*at);
  return values;
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  replace_file(path, text);
}

inline void synth(const Words& words) {
  const std::filesystem::path out = words.at(2);
  const Words seed = values_of(words, "--seed");
  write_text(out / "train.csv", "Path,Atelectasis\nseed " + (seed.empty() ? "" : seed[0]) + "\n");
  write_text(out / "valid.csv", "Path,Atelectasis\n");
}

inline void wait_if_told() {
  const std::string file = fake_behaviour("").prepare_waits_for;
  if (file.empty()) return;
  write_text(file + ".part", std::to_string(::getpid()));
  std::filesystem::rename(file + ".part", file + ".pid");
  while (!std::filesystem::exists(file)) ::poll(nullptr, 0, 5);
}

inline void prepare(const Words& words) {
  wait_if_told();
  attempt::LabelPolicy labels;
  labels.target = values_of(words, "--target").at(0);
  labels.uncertain = values_of(words, "--uncertain").at(0);
  labels.negatives = values_of(words, "--negative");
  const std::filesystem::path cache = values_of(words, "--cache").at(0);
  const std::string index = "no images\n";
  write_text(cache / "index.csv", index);
  std::istringstream resolutions(values_of(words, "--resolution").at(0));
  for (std::string px; std::getline(resolutions, px, ',');) {
    write_text(cache / ("images-" + px + ".u8"), "");
    const nlohmann::json manifest = {
        {"format", 1},          {"data_manifest", attempt::data_manifest(words.at(2), labels)},
        {"train_studies", 100}, {"train_images", 150},
        {"images", 0},          {"index_sha256", sha256_hex(index)}};
    write_text(cache / ("manifest-" + px + ".json"), manifest.dump());
  }
}

inline int fake_data(const Words& words) {
  const std::string verb = words.at(1);
  if (verb == "synth") synth(words);
  if (verb == "prepare") prepare(words);
  if (verb == "check") std::puts(R"({"train_images": 150, "train_studies": 100})");
  return 0;
}

}  // namespace radsweep::test
