#include "orchestrator/report/figure_files.h"

#include <set>
#include <string_view>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/report/figures.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/own_figures.h"
#include "orchestrator/report/page_notes.h"
#include "orchestrator/report/page_text.h"

namespace radsweep::report {
namespace {

// What lies between two words of the page's style.
std::string_view piece_of(std::string_view style, std::string_view from, std::string_view to) {
  const auto begin = style.find(from);
  const auto end = style.find(to, begin);
  ensure(begin != style.npos && end != style.npos, "page.css has another form");
  return style.substr(begin, end - begin);
}

// The value that the palette of paper, the first in the file, gives a variable.
std::string_view value_of(std::string_view style, const std::string& variable) {
  const std::string mark = variable + ": ";
  return piece_of(style, mark, ";").substr(mark.size());
}

std::string chart_style() {
  const std::string_view style = kPageStyle;
  std::string rules(piece_of(style, "/* charts:", "@media"));
  for (auto at = rules.find("var("); at != rules.npos; at = rules.find("var(", at)) {
    const auto end = rules.find(')', at);
    rules.replace(at, end + 1 - at, value_of(style, rules.substr(at + 4, end - at - 4)));
  }
  return rules;
}

// "densenet121, 160 px: 86.12" becomes "densenet121-160-px": before the first ": ", one '-' for
// whatever is troublesome in a file's name, and not longer than a name may be.
std::string file_word(const std::string& title) {
  std::string word;
  for (const char c : title.substr(0, title.find(": "))) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '_' || c == '=';
    if (plain)
      word += c;
    else if (!word.empty() && word.back() != '-')
      word += '-';
  }
  constexpr std::size_t kLongest = 160;
  if (word.size() > kLongest) word.resize(kLongest);
  if (word.ends_with('-')) word.pop_back();
  return word.empty() ? "figure" : word;
}

// Charts as files of one folder, none under the name of another.
class FigureFolder {
 public:
  explicit FigureFolder(const std::filesystem::path& folder) : folder_(folder) {
    create_folders(folder);
  }

  void write(const std::string& word, const Chart& chart) {
    std::string name = word + ".svg";
    for (int n = 2; !taken_.insert(name).second; ++n) {
      name = word + "-" + std::to_string(n) + ".svg";
    }
    replace_file(folder_ / name, standalone_svg(chart));
    names_.push_back(name);
  }
  void write_all(const std::string& kind, const std::vector<Panel>& panels) {
    for (const Panel& panel : panels) write(kind + "-" + file_word(panel.title), panel.chart);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::filesystem::path folder_;
  std::set<std::string> taken_;
  std::vector<std::string> names_;
};

// Without the page around it a chart has to say itself what it shows.
std::vector<Panel> with_label(std::vector<Panel> panels, const std::string& label) {
  for (Panel& panel : panels) panel.chart.y.label = label;
  return panels;
}

}  // namespace

std::string standalone_svg(const Chart& chart) {
  std::string picture = svg(chart);
  const std::string mark = "<svg ";
  const auto end = picture.find('>');
  picture.insert(end + 1, "\n<style>\n" + chart_style() + "</style>");
  picture.insert(mark.size(), "width=\"" + fixed(chart.width, 0) + "\" height=\"" +
                                  fixed(chart.height, 0) + "\" ");
  return picture;
}

std::vector<std::string> write_figures(const SweepRecord& record,
                                       const std::filesystem::path& folder) {
  FigureFolder figures(folder);
  figures.write("auc", auc_figure(record, floor_of(record)));
  figures.write_all("roc", roc_panels(record));
  figures.write_all("auc", auc_panels(record));
  figures.write_all("loss", loss_panels(record));
  figures.write_all("learning-rate", schedule_panels(record));
  return figures.names();
}

std::vector<std::string> write_figures(const OwnResults& results,
                                       const std::filesystem::path& folder) {
  FigureFolder figures(folder);
  const std::string kind = file_word(results.metric);
  figures.write_all(kind, with_label(axis_panels(results).panels, results.metric));
  figures.write_all(kind, with_label(curve_panels(results).panels, results.metric));
  return figures.names();
}

}  // namespace radsweep::report
