#include "tests/process/sandbox.h"

#include <csignal>
#include <cstdio>
#include <fstream>

#include "base/error.h"
#include "base/hash.h"
#include "tests/support/fake_behaviour.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSandboxVariable = "RADSWEEP_SANDBOX";
constexpr const char* kSweep = R"(
name: tiny
data:
  synthetic: {studies: 24, valid: 12, image_px: 32, seed: 1}
grid:
  resolution: [32]
  architecture:
    - {name: small, growth: 4, blocks: [1, 1], init_features: 8}
  seed: [SEEDS]
train: {studies_per_batch: 4, epochs: 2, frozen_epochs: 1, hidden_features: 16}
retry: {max_attempts: ATTEMPTS, backoff_s: 0}
resources: {cpu_slots: 2}
)";

std::string text_of(const db::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", *real);  // gives every bit back
    return digits;
  }
  return "";
}

// None while the store is being made.
std::vector<std::vector<db::Value>> rows_of(const fs::path& store, const std::string& sql) {
  if (!fs::exists(store / "sweep.db")) return {};
  try {
    db::Database database = db::Database::open_for_reading(store / "sweep.db");
    return db::query(database, sql).rows;
  } catch (const radsweep::Error& error) {
    if (error.why() == "it is empty") return {};
    throw;
  }
}

Environment with_fake(const Environment& changes, const std::string& fake) {
  Environment all{{"RADSWEEP_WORKER", FAKE_WORKER_PROGRAM}, {kFakeVariable, fake}};
  for (const auto& [name, value] : changes) all[name] = value;
  return all;
}

// Their attempt differs, so not where they lie but what is in them.
std::vector<std::string> weights_of(const fs::path& store) {
  std::vector<std::string> sums;
  for (const auto& row : rows_of(store, "SELECT run_id, weights FROM runs ORDER BY run_id")) {
    const fs::path file = store / text_of(row[1]);
    if (!fs::is_regular_file(file)) continue;
    sums.push_back("weights " + text_of(row[0]) + " " + sha256_of_file(file));
  }
  return sums;
}

}  // namespace

Radsweep::Radsweep(const fs::path& folder, const std::string& name,
                   const std::vector<std::string>& arguments, const std::string& fake,
                   const Environment& changes)
    : Process(RADSWEEP_PROGRAM, arguments, folder, name, with_fake(changes, fake)) {}

Sandbox::Sandbox(int seeds, int max_attempts, Environment environment)
    : environment_(std::move(environment)) {
  environment_[kSandboxVariable] = folder().string();
  std::string text = kSweep, list;
  for (int seed = 1; seed <= seeds; ++seed) list += (seed > 1 ? ", " : "") + std::to_string(seed);
  text.replace(text.find("SEEDS"), 5, list);
  text.replace(text.find("ATTEMPTS"), 8, std::to_string(max_attempts));
  std::ofstream(folder() / "tiny.yaml") << text;
}

Sandbox::~Sandbox() {
  for (int pid : processes()) ::kill(pid, SIGKILL);
}

fs::path Sandbox::attempt(const std::string& run, int number) const {
  return store() / run / std::to_string(number);
}

void Sandbox::open_gate() const {
  std::ofstream file(gate());
}

void Sandbox::set(const Environment& changes) {
  for (const auto& [name, value] : changes) environment_[name] = value;
}

Radsweep Sandbox::start(const std::string& fake, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"run", "tiny.yaml"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return command(arguments, fake);
}

Radsweep Sandbox::command(const std::vector<std::string>& arguments, const std::string& fake) {
  return Radsweep(folder(), "radsweep-" + std::to_string(++started_), arguments, fake,
                  environment_);
}

std::optional<int> Sandbox::run(const std::string& fake) {
  return start(fake).wait();
}

std::vector<std::string> Sandbox::ask(const std::string& sql) const {
  std::vector<std::string> texts;
  for (const auto& row : rows_of(store(), sql)) texts.push_back(text_of(row.at(0)));
  return texts;
}

std::string Sandbox::ask_one(const std::string& sql) const {
  const std::vector<std::string> rows = ask(sql);
  return rows.empty() ? "" : rows.front();
}

std::vector<std::string> Sandbox::numbers() const {
  std::vector<std::string> all;
  for (const char* sql :
       {"SELECT 'metric', run.name, epoch, metric.name, value FROM metric JOIN run ON run.id = "
        "run_id WHERE metric.name NOT IN ('seconds', 'images_per_second') ORDER BY 2, 3, 4",
        "SELECT 'prediction', run_id, study, label, logit, probability FROM predictions "
        "ORDER BY run_id, study",
        "SELECT 'result', run_id, state, best_auc, best_epoch, best_loss, best_loss_epoch, "
        "data_manifest, images_sha256, weights_sha256, train_studies, train_positive, "
        "train_images, valid_studies, valid_positive, valid_images FROM runs ORDER BY run_id"}) {
    for (const auto& row : rows_of(store(), sql)) {
      std::string line;
      for (const db::Value& value : row) line += text_of(value) + " ";
      all.push_back(line);
    }
  }
  const std::vector<std::string> weights = weights_of(store());
  all.insert(all.end(), weights.begin(), weights.end());
  return all;
}

std::vector<int> Sandbox::workers() const {
  return processes_with("RADSWEEP_ATTEMPT=" + folder().string());
}

std::vector<int> Sandbox::processes() const {
  return processes_with(std::string(kSandboxVariable) + "=" + folder().string());
}

}  // namespace radsweep::test
