#include "worker/commands/predict.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/image_check.h"
#include "worker/train/ensemble.h"

namespace radsweep::commands {
namespace fs = std::filesystem;
namespace {

struct Options {
  std::vector<std::string> attempts, images;
  std::string data, split = "valid", output;
};

// What is predicted on; a label where the policy gives one.
struct Questions {
  fs::path root;
  std::vector<data::Study> studies;
  std::unordered_map<std::string, int> labels;  // by study
};

// Every study of the file, also those that the policy drops from training.
Questions from_data_set(const Options& options, const attempt::LabelPolicy& policy) {
  data::require_folder(options.data);
  data::Problems problems;
  const data::StudyTable table =
      data::read_chexpert_csv(options.data, options.split, policy, problems);
  Questions questions{options.data, {}, {}};
  for (const data::StudyRows& rows : table.studies) {
    data::Study study{rows.key, 0, {}, {}};
    for (const data::ImageRow& image : rows.images) study.images.push_back(image.path);
    questions.studies.push_back(std::move(study));
  }
  data::check_images(options.data, data::named_images(table), data::ImageCheckDepth::ends, 0,
                     problems, {});
  problems.throw_if_any(options.data, data::kListedPerKind,
                        "correct what is listed; nothing was predicted");
  for (const data::Study& study : data::labelled_studies(table, policy)) {
    questions.labels[study.key] = study.label;
  }
  return questions;
}

// Each file is a study of its own.
Questions from_files(const Options& options) {
  Questions questions;
  for (const std::string& file : options.images) questions.studies.push_back({file, 0, {file}, {}});
  return questions;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string csv_of(const Questions& questions, const std::vector<double>& logits) {
  std::ostringstream text;
  text << std::setprecision(std::numeric_limits<double>::max_digits10)
       << "study,label,probability\n";
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const std::string& study = questions.studies[i].key;
    const auto label = questions.labels.find(study);
    text << csv_cell(study) << ',';
    if (label != questions.labels.end()) text << label->second;
    text << ',' << 1 / (1 + std::exp(-logits[i])) << '\n';
  }
  return text.str();
}

void predict(const Options& options) {
  if (options.data.empty() == options.images.empty()) {
    throw Error(ExitCode::usage, "predict", "nothing", "name either a data set or image files",
                "--data ROOT [--split valid], or --images FILE...");
  }
  train::Ensemble ensemble({options.attempts.begin(), options.attempts.end()});
  const Questions questions = options.data.empty()
                                  ? from_files(options)
                                  : from_data_set(options, ensemble.spec().data.labels);
  const std::string csv = csv_of(questions, ensemble.logits(questions.root, questions.studies));
  if (options.output.empty()) {
    std::cout << csv << std::flush;
  } else {
    replace_file(options.output, csv);
    std::cerr << questions.studies.size() << " studies predicted: " << options.output << '\n';
  }
}

}  // namespace

void add_predict_verb(CLI::App& app, int&) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("predict", "Probabilities from trained runs, as CSV");
  verb->add_option("--attempt", options->attempts,
                   "Sealed attempt folders; several predict by their mean logit")
      ->required();
  verb->add_option("--data", options->data, "Folder with train.csv and valid.csv");
  verb->add_option("--split", options->split, "Which of them")
      ->check(CLI::IsMember({"train", "valid"}))
      ->capture_default_str();
  verb->add_option("--images", options->images, "JPEG files instead, each a study of its own");
  verb->add_option("-o,--output", options->output, "CSV file (default: standard output)");
  verb->callback([options] { predict(*options); });
}

}  // namespace radsweep::commands
