#include "worker/data/chexpert_csv.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/nearest_name.h"
#include "worker/data/csv_reader.h"
#include "worker/data/study_path.h"

namespace radsweep::data {
namespace {

constexpr const char* kDescribed[] = {"Sex", "Frontal/Lateral", "AP/PA"};

// Where the columns stand that are read.
struct Columns {
  std::size_t count = 0;  // of the header
  std::size_t path = 0;
  std::vector<std::size_t> findings;
  std::map<std::string, std::size_t> described;
};

// One file being read: the table so far and how to find a study or image in it.
class TableReader {
 public:
  TableReader(const std::string& split, Problems& problems) : split_(split), problems_(problems) {
    table_.file = split + ".csv";
  }

  StudyTable read(std::string_view text, const attempt::LabelPolicy& policy);

 private:
  void report(ProblemKind kind, long row, std::string why) {
    problems_.add({kind, table_.file, row, std::move(why)});
  }
  bool read_header(const CsvRecord& header, const attempt::LabelPolicy& policy);
  void read_row(const CsvRecord& record);
  std::optional<StudyPath> read_path(const CsvRecord& record);
  bool read_labels(const CsvRecord& record);
  bool same_labels(const StudyRows& study, const CsvRecord& record);
  void report_duplicates(const StudyRows& study);
  void finish();

  std::string split_;
  Problems& problems_;
  StudyTable table_;
  Columns columns_;
  std::vector<Mention> labels_;  // of the current row
  std::unordered_map<std::string, std::size_t> study_at_;
};

std::optional<std::size_t> position(const std::vector<std::string>& names,
                                    const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::string without_spaces_around(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool TableReader::read_header(const CsvRecord& header, const attempt::LabelPolicy& policy) {
  if (!header.malformed.empty()) {
    report(ProblemKind::bad_header, header.line, header.malformed);
    return false;
  }
  std::vector<std::string> names;
  for (const auto& field : header.fields) names.push_back(without_spaces_around(field));
  columns_.count = names.size();
  bool usable = true;

  const auto column = [&](const std::string& name, bool needed) -> std::optional<std::size_t> {
    const auto at = position(names, name);
    if (!at && needed) {
      report(ProblemKind::bad_header, header.line,
             "there is no column '" + name + "'" + did_you_mean(name, names));
      usable = false;
    }
    if (at && std::ranges::count(names, name) > 1) {
      report(ProblemKind::bad_header, header.line, "the column '" + name + "' stands there twice");
      usable = false;
    }
    return at;
  };
  if (const auto at = column("Path", true)) columns_.path = *at;

  std::vector<std::string> needed = policy.negatives;
  needed.push_back(policy.target);
  std::vector<std::string> wanted = chexpert_findings();
  for (const auto& name : needed) {
    if (!position(wanted, name)) wanted.push_back(name);
  }
  for (const auto& name : wanted) {
    if (const auto at = column(name, position(needed, name).has_value())) {
      table_.findings.push_back(name);
      columns_.findings.push_back(*at);
    }
  }
  for (const auto* name : kDescribed) {
    if (const auto at = column(name, false)) columns_.described[name] = *at;
  }
  return usable;
}

std::optional<StudyPath> TableReader::read_path(const CsvRecord& record) {
  StudyPath path = parse_study_path(record.fields[columns_.path]);
  if (path.problem.empty() && path.split != split_) {
    path.problem = "'" + record.fields[columns_.path] + "' lies in " + path.split + "/";
  }
  if (!path.problem.empty()) {
    report(ProblemKind::bad_path, record.line, path.problem);
    return std::nullopt;
  }
  return path;
}

bool TableReader::read_labels(const CsvRecord& record) {
  bool usable = true;
  labels_.clear();
  for (std::size_t i = 0; i < columns_.findings.size(); ++i) {
    const std::string& text = record.fields[columns_.findings[i]];
    const auto mention = parse_mention(text);
    if (!mention) {
      report(ProblemKind::bad_value, record.line,
             table_.findings[i] + " is '" + text + "', not 1, 0, -1 or empty");
      usable = false;
    }
    labels_.push_back(mention.value_or(Mention::blank));
  }
  return usable;
}

bool TableReader::same_labels(const StudyRows& study, const CsvRecord& record) {
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (study.labels[i] == labels_[i]) continue;
    report(ProblemKind::labels_differ, record.line,
           study.key + ": " + table_.findings[i] + " is " + name_of(labels_[i]) + " here and " +
               name_of(study.labels[i]) + " in row " + std::to_string(study.images.front().row));
    return false;
  }
  return true;
}

void TableReader::read_row(const CsvRecord& record) {
  if (!record.malformed.empty()) {
    report(ProblemKind::malformed_row, record.line, record.malformed);
    return;
  }
  if (record.fields.size() != columns_.count) {
    report(ProblemKind::malformed_row, record.line,
           std::to_string(record.fields.size()) + " fields where the header has " +
               std::to_string(columns_.count));
    return;
  }
  const bool labels_usable = read_labels(record);
  auto path = read_path(record);
  if (!path || !labels_usable) return;

  const auto [at, is_new] = study_at_.emplace(path->study, table_.studies.size());
  if (is_new) table_.studies.push_back({path->study, labels_, {}});
  StudyRows& study = table_.studies[at->second];
  if (!is_new && !same_labels(study, record)) return;

  if (table_.rows++ == 0) {
    table_.variant = path->variant;
    table_.mentions.resize(table_.findings.size());
  }
  study.images.push_back({std::move(path->image), record.line});
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    ++table_.mentions[i][static_cast<std::size_t>(labels_[i])];
  }
  for (const auto& [name, column] : columns_.described) {
    ++table_.described[name][record.fields[column]];
  }
}

void TableReader::report_duplicates(const StudyRows& study) {
  for (std::size_t i = 1; i < study.images.size(); ++i) {
    const ImageRow &one = study.images[i - 1], &other = study.images[i];
    if (one.path != other.path) continue;
    report(ProblemKind::duplicate_image, other.row,
           other.path + " stands in row " + std::to_string(one.row) + " already");
  }
}

void TableReader::finish() {
  std::ranges::sort(table_.studies, {}, &StudyRows::key);
  std::string_view last_patient;
  for (auto& study : table_.studies) {
    std::ranges::stable_sort(study.images, {}, &ImageRow::path);
    report_duplicates(study);
    const std::string_view patient = std::string_view(study.key).substr(0, study.key.rfind('/'));
    if (patient != last_patient) ++table_.patients;
    last_patient = patient;
  }
  table_.mentions.resize(table_.findings.size());
}

StudyTable TableReader::read(std::string_view text, const attempt::LabelPolicy& policy) {
  CsvReader reader(text);
  CsvRecord record;
  if (!reader.next(record)) {
    report(ProblemKind::bad_header, 0, "the file is empty");
  } else if (read_header(record, policy)) {
    while (reader.next(record)) read_row(record);
  }
  finish();
  return std::move(table_);
}

}  // namespace

const std::vector<std::string>& chexpert_findings() {
  static const std::vector<std::string> kFindings = {
      "No Finding",       "Enlarged Cardiomediastinum",
      "Cardiomegaly",     "Lung Opacity",
      "Lung Lesion",      "Edema",
      "Consolidation",    "Pneumonia",
      "Atelectasis",      "Pneumothorax",
      "Pleural Effusion", "Pleural Other",
      "Fracture",         "Support Devices"};
  return kFindings;
}

std::size_t StudyTable::finding(const std::string& name) const {
  const auto at = position(findings, name);
  ensure(at.has_value(), "a finding that was not read");
  return *at;
}

StudyTable read_chexpert_csv(const std::filesystem::path& root, const std::string& split,
                             const attempt::LabelPolicy& policy, Problems& problems) {
  std::optional<std::string> text;
  try {
    text = read_file_if_exists(root / (split + ".csv"));
    if (!text) problems.add({ProblemKind::missing_file, split + ".csv", 0, "it does not exist"});
  } catch (const Error& error) {
    problems.add({ProblemKind::missing_file, split + ".csv", 0, error.why()});
  }
  TableReader reader(split, problems);
  if (!text) {
    StudyTable none;
    none.file = split + ".csv";
    return none;
  }
  return reader.read(*text, policy);
}

}  // namespace radsweep::data
