// One mapping of a sweep file: its keys are taken one by one, what nobody took is unknown.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/sweep/yaml_value.h"

namespace radsweep::orchestrator {

class Section {
 public:
  // `title` is its dotted name in messages ("data.synthetic"), "" for the file itself; `place` is
  // where to point when a key is missing. The node must be a mapping.
  Section(std::string title, const YAML::Node& node, Place place);
  // nullopt, with a problem added, when the value is no mapping.
  static std::optional<Section> open(const Value& value, Problems& problems);

  // Whether the key is there; does not count it as known.
  bool has(const std::string& key) const;
  // The value of a key, which from now on counts as known; nullopt when it is absent. A key that
  // the table of sweep_keys.h lacks, or has the other way about, is a bug: Error(internal).
  std::optional<Value> take(const std::string& key);
  // The same; its absence is a problem. `example` completes the suggestion "add: ".
  std::optional<Value> require(const std::string& key, const std::string& example,
                               Problems& problems);
  // Keys nobody took so far, in file order; they count as taken now.
  std::vector<Value> take_rest();
  // Complains of every key nobody took, suggesting the nearest of those that may be taken.
  void refuse_rest(Problems& problems);

  const std::string& title() const { return title_; }
  Place place() const { return place_; }
  // "'epoch' is not a key of 'train'", or "... of a sweep file".
  std::string unknown(const std::string& key) const;

 private:
  std::string name_of(const std::string& key) const;
  std::optional<Value> find(const std::string& key);
  Value value_of(const YAML::Node& key, const YAML::Node& value) const;

  std::string title_;
  YAML::Node node_;
  Place place_;
  std::set<std::string> known_;
};

}  // namespace radsweep::orchestrator
