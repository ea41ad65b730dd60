#include "orchestrator/slurm/submission.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFolder = "submissions";
constexpr const char* kKeys = "keys.txt";
constexpr const char* kSpecs = "specs.jsonl";
constexpr const char* kShape = "shape.json";
constexpr const char* kJob = "job.json";
constexpr const char* kStop = "stop";
constexpr const char* kClosed = "closed";

fs::path stop_file(const fs::path& folder, int index) {
  return folder / (std::string(kStop) + "-" + std::to_string(index));
}

Error damaged(const fs::path& file, const std::string& why) {
  return Error(ExitCode::environment, "read", file.string(), why,
               "radsweep wrote it; without it cancel the job (scancel) and run the sweep again");
}

}  // namespace

std::string new_uuid() {
  std::string text = read_file("/proc/sys/kernel/random/uuid");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Submission Submission::create(const Store& store, const Shape& shape,
                              const std::vector<const PlannedRun*>& runs,
                              const std::vector<std::string>& names,
                              const std::vector<int>& attempts) {
  const fs::path root = fs::absolute(store.root()).lexically_normal();
  Submission made(root / kFolder / new_uuid());
  create_folders(made.folder_);
  std::string keys, specs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    attempt::Spec spec = runs[i]->spec;
    spec.run = names[i];
    spec.identity = runs[i]->row.identity;
    spec.attempt = attempts[i];
    keys += spec.identity + " " + spec.run + "\n";
    specs += attempt::to_json_text(spec) + "\n";
  }
  replace_file(made.folder_ / kSpecs, specs);
  replace_file(made.folder_ / kShape,
               nlohmann::json{{"gpus", shape.gpus}, {"ranks", shape.ranks}}.dump() + "\n");
  replace_file(made.folder_ / kKeys, keys);
  return made;
}

fs::path Submission::log(int index) const {
  std::string name = kElementLogs;
  return folder_ / name.replace(name.find("%a"), 2, std::to_string(index));
}

std::vector<Key> Submission::keys() const {
  std::istringstream lines(read_file(folder_ / kKeys));
  std::vector<Key> keys;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string::npos) throw damaged(folder_ / kKeys, "a line names no run");
    keys.push_back({line.substr(0, blank), line.substr(blank + 1)});
  }
  return keys;
}

Shape Submission::shape() const {
  const auto object = nlohmann::json::parse(read_file(folder_ / kShape), nullptr, false);
  if (!object.is_object()) throw damaged(folder_ / kShape, "it is no JSON object");
  return {object.value("gpus", 0), object.value("ranks", 1)};
}

attempt::Spec Submission::spec(int index) const {
  std::istringstream lines(read_file(folder_ / kSpecs));
  std::string line;
  for (int i = 0; i <= index; ++i) {
    if (std::getline(lines, line)) continue;
    throw damaged(folder_ / kSpecs, "there is no element " + std::to_string(index));
  }
  return attempt::spec_from_json_text(line, (folder_ / kSpecs).string());
}

void Submission::write_job(const std::string& job, std::int64_t now_ms) const {
  const int last = static_cast<int>(keys().size()) - 1;
  const nlohmann::ordered_json object{
      {"job_id", job}, {"submit_time", now_ms}, {"first", 0}, {"last", last}};
  replace_file(folder_ / kJob, object.dump() + "\n");
}

bool Submission::has_job() const {
  return fs::exists(folder_ / kJob);
}

void Submission::stop() const {
  replace_file(folder_ / kStop, "");
}
void Submission::stop(int index) const {
  if (!fs::exists(stop_file(folder_, index))) replace_file(stop_file(folder_, index), "");
}
bool Submission::is_stopped() const {
  return fs::exists(folder_ / kStop);
}
bool Submission::is_stopped(int index) const {
  return is_stopped() || fs::exists(stop_file(folder_, index));
}
void Submission::close() const {
  replace_file(folder_ / kClosed, "");
}
bool Submission::is_closed() const {
  return fs::exists(folder_ / kClosed);
}

std::vector<Submission> submissions_of(const Store& store) {
  std::vector<Submission> found;
  std::error_code absent;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::absolute(store.root()).lexically_normal() / kFolder, absent)) {
    if (fs::exists(entry.path() / kKeys)) found.emplace_back(entry.path());
  }
  return found;
}

std::vector<Submission> open_submissions_of(const Store& store) {
  std::vector<Submission> open = submissions_of(store);
  std::erase_if(open, [](const Submission& one) { return one.is_closed(); });
  return open;
}

}  // namespace radsweep::orchestrator::slurm
