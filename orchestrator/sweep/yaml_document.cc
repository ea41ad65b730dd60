#include "orchestrator/sweep/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "orchestrator/sweep/yaml_text.h"

namespace radsweep::orchestrator {
namespace {

// A sweep file nests 4 deep and has some hundred nodes; aliases can multiply them.
constexpr int kDeepest = 32;
constexpr int kMostNodes = 200'000;

Place last_line(std::string_view text) {
  Place place;
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  for (std::size_t i = 0; end != std::string_view::npos && i <= end; ++i) {
    place = text[i] == '\n' ? Place{place.line + 1, 0} : Place{place.line, place.column + 1};
  }
  return place;
}

// The first tab that indents a line outside brackets, where YAML allows none. yaml-cpp reports it
// late, as a map without end; brackets in comments and quotes count too, so ask only after that.
std::optional<Place> find_indenting_tab(std::string_view text) {
  int line = 0, brackets = 0;
  while (!text.empty()) {
    const std::string_view row = text.substr(0, text.find('\n'));
    const std::size_t word = row.find_first_not_of(" \t\r");
    const std::size_t tab = row.find('\t');
    const bool has_words = word != std::string_view::npos && row[word] != '#';
    if (has_words && brackets <= 0 && tab < word) return Place{line, static_cast<int>(tab)};
    for (const char c : row) {
      brackets += (c == '[' || c == '{') ? 1 : (c == ']' || c == '}') ? -1 : 0;
    }
    text.remove_prefix(std::min(text.size(), row.size() + 1));
    ++line;
  }
  return std::nullopt;
}

// How yaml-cpp says that something was opened and never closed; it marks the file's start then.
bool is_unclosed(const std::string& message) {
  return message.find("not found") != std::string::npos ||
         message.find("EOF in scalar") != std::string::npos ||
         message.find("document indicator in scalar") != std::string::npos;
}

// Hears where documents start and nothing else.
class DocumentStarts : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    places.push_back({std::max(mark.line, 0), std::max(mark.column, 0)});
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  std::vector<Place> places;
};

// Whether `text` holds exactly one document. Not by YAML::LoadAll: where a stray ',' stands, it
// finds empty documents without end.
void check_one_document(const std::string& text, Problems& problems) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  while (starts.places.size() < 2 && parser.HandleNextDocument(starts)) continue;
  if (starts.places.size() < 2) return;
  const Place second = starts.places.back();
  if (second.line == starts.places.front().line && second.column == starts.places.front().column) {
    problems.add(second, "not YAML: this character does not belong here", "remove it");
  } else {
    problems.add(second, "a second document begins here; a sweep file has one",
                 "remove the line '---' or make two files");
  }
  problems.throw_if_any();
}

YAML::Node parse(const std::string& text, Problems& problems) {
  try {
    // An open quote is closed silently by the end of a file, but not by the end of a document.
    const std::string ended = text + "\n...\n";
    check_one_document(ended, problems);
    return YAML::Load(ended);
  } catch (const YAML::Exception& failure) {
    Place place{std::max(failure.mark.line, 0), std::max(failure.mark.column, 0)};
    std::string suggestion;
    if (const auto tab = find_indenting_tab(text)) {
      problems.add(*tab, "not YAML: a tab in the indentation", "indent with spaces, never tabs");
      problems.throw_if_any();
    }
    if (is_unclosed(failure.msg)) {
      place = last_line(text);
      suggestion = "a bracket, brace or quote before this place is not closed";
    } else if (failure.msg == "illegal map value") {
      suggestion = "put text with ': ' in quotes";
    }
    problems.add(place, "not YAML: " + failure.msg, suggestion);
    problems.throw_if_any();
    throw;  // not reached
  }
}

class Walk {
 public:
  explicit Walk(Problems& problems) : problems_(problems) {}

  void visit(const YAML::Node& node, int depth) {
    if (depth > kDeepest || ++nodes_ > kMostNodes) {
      problems_.add(place_of(node), "nested too deeply, or an alias that contains itself");
      problems_.throw_if_any();
    }
    const std::string& tag = node.Tag();
    if (!tag.empty() && tag != "?" && tag != "!") {
      problems_.add(place_of(node), "tags (here " + tag + ") have no meaning in a sweep file",
                    "write the value without a tag; quotes make a text of a number");
    }
    if (node.IsMap()) visit_map(node, depth);
    if (node.IsSequence()) {
      for (const YAML::Node& item : node) visit(item, depth + 1);
    }
  }

 private:
  void visit_map(const YAML::Node& node, int depth) {
    std::map<std::string, Place> seen;
    for (const auto& pair : node) {
      const Place place = place_of(pair.first);
      if (!pair.first.IsScalar()) {
        problems_.add(place, "a key must be a word");
        problems_.throw_if_any();
      }
      const std::string& key = pair.first.Scalar();
      if (key == "<<") {
        problems_.add(place, "merge keys (<<) are not supported",
                      "repeat the values, or use an alias for a whole value");
      }
      const auto [first, is_new] = seen.emplace(key, place);
      if (!is_new) {
        problems_.add(place, "'" + key + "' is given twice, first at " + to_words(first->second),
                      "keep one of the two");
      }
      visit(pair.second, depth + 1);
    }
  }

  Problems& problems_;
  int nodes_ = 0;
};

}  // namespace

Place place_of(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  return {std::max(mark.line, 0), std::max(mark.column, 0)};
}

YAML::Node load_yaml(const std::string& text, Problems& problems) {
  check_yaml_text(text, problems);
  const YAML::Node document = parse(text, problems);
  if (!document.IsDefined() || document.IsNull()) {
    problems.add({}, "the file is empty", "radsweep init FILE writes one to start from");
  } else if (!document.IsMap()) {
    problems.add(place_of(document), "expected 'key: value' lines, such as 'name: ...'");
  }
  problems.throw_if_any();
  Walk(problems).visit(document, 0);
  return document;
}

}  // namespace radsweep::orchestrator
