#include "worker/data/synth.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/jpeg.h"
#include "worker/data/parallel_for.h"
#include "worker/data/synth_study.h"

namespace radsweep::data {
namespace {

namespace fs = std::filesystem;
constexpr const char* kRecord = "synth.json";
constexpr const char* kFolder = "CheXpert-synthetic";  // what paths start with
// Raise it with every change to what is drawn.
constexpr int kGenerator = 1;
constexpr int kJpegQuality = 95;

struct Part {
  const char* name;
  int studies;
  int first_patient;
  SynthStudy (*draw)(SynthRandom&);
};

// The streams of a study: one for what it is, one per view.
SynthRandom stream(const SynthOptions& options, const Part& part, int study, int view) {
  return SynthRandom({options.seed, static_cast<std::uint64_t>(part.first_patient),
                      static_cast<std::uint64_t>(study), static_cast<std::uint64_t>(view)});
}

std::string record_of(const SynthOptions& options) {
  return nlohmann::json{{"generator", kGenerator},
                        {"studies", options.studies},
                        {"valid", options.valid},
                        {"size", options.size_px},
                        {"seed", options.seed}}
             .dump(2) +
         "\n";
}

// "train/patient00012/study2" of the studies in order: patients have one to three.
std::vector<std::string> study_folders(const SynthOptions& options, const Part& part) {
  SynthRandom random = stream(options, part, 0, 0);
  std::vector<std::string> folders;
  int patient = part.first_patient - 1, study = 3;
  for (int i = 0; i < part.studies; ++i) {
    const bool same = study < 3 && std::string(part.name) == "train" && random.chance(0.3);
    study = same ? study + 1 : 1;
    patient += same ? 0 : 1;
    std::string number = std::to_string(patient);
    number.insert(0, number.size() < 5 ? 5 - number.size() : 0, '0');
    folders.push_back(std::string(part.name) + "/patient" + number + "/study" +
                      std::to_string(study));
  }
  return folders;
}

std::string view_name(std::size_t view, bool lateral) {
  return "view" + std::to_string(view + 1) + (lateral ? "_lateral.jpg" : "_frontal.jpg");
}

std::string csv_header() {
  std::string line = "Path,Sex,Age,Frontal/Lateral,AP/PA";
  for (const auto& finding : chexpert_findings()) line += "," + finding;
  return line + "\n";
}

std::string label_text(Mention mention) {
  return mention == Mention::blank ? "" : std::string(name_of(mention)) + ".0";
}

std::string csv_rows(const SynthStudy& study, const std::string& folder, SynthRandom& random) {
  const std::string sex = random.chance(0.55) ? "Male" : "Female";
  const std::string age = std::to_string(random.integer(18, 90));
  const std::string projection = random.chance(0.85) ? "AP" : "PA";
  std::string labels, rows;
  for (const Mention mention : study.labels) labels += "," + label_text(mention);
  for (std::size_t view = 0; view < study.lateral.size(); ++view) {
    const bool lateral = study.lateral[view];
    rows += std::string(kFolder) + "/" + folder + "/" + view_name(view, lateral) + "," + sex + "," +
            age + (lateral ? ",Lateral," : ",Frontal," + projection) + labels + "\n";
  }
  return rows;
}

void write_plainly(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) throw system_error("write", path.string(), errno, "check free space of that folder");
}

// Writes the images of a study and returns its CSV rows.
std::string write_study(const fs::path& root, const SynthOptions& options, const Part& part,
                        int number, const std::string& folder) {
  SynthRandom random = stream(options, part, number, 0);
  const SynthStudy study = part.draw(random);
  fs::create_directories(root / folder);
  for (std::size_t view = 0; view < study.lateral.size(); ++view) {
    SynthRandom of_view = stream(options, part, number, static_cast<int>(view) + 1);
    const GreyImage image = draw_synth_image(of_view, options.size_px, study.finding);
    write_plainly(root / folder / view_name(view, study.lateral[view]),
                  encode_grey_jpeg(image, kJpegQuality));
  }
  return csv_rows(study, folder, random);
}

void write_part(const fs::path& root, const SynthOptions& options, const Part& part) {
  const std::vector<std::string> folders = study_folders(options, part);
  std::vector<std::string> rows(folders.size());
  parallel_for(folders.size(), 0, [&](std::size_t i) {
    rows[i] = write_study(root, options, part, static_cast<int>(i) + 1, folders[i]);
  });
  std::string text = csv_header();
  for (const auto& of_study : rows) text += of_study;
  write_plainly(root / (std::string(part.name) + ".csv"), text);
}

// All bytes of the file system that holds `folder` are on the disk: one call for many files.
void sync_file_system(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw system_error("open folder", folder.string(), errno);
  const int failed = ::syncfs(fd);
  const int error_number = errno;
  ::close(fd);
  if (failed) throw system_error("sync", folder.string(), error_number);
}

bool has_both_tables(const fs::path& out) {
  return fs::exists(out / "train.csv") && fs::exists(out / "valid.csv");
}

bool is_made_already(const fs::path& out, const SynthOptions& options) {
  return fs::is_directory(out) && read_file_if_exists(out / kRecord) == record_of(options) &&
         has_both_tables(out);
}

void refuse_what_is_in_the_way(const fs::path& out) {
  if (!fs::exists(out) || (fs::is_directory(out) && fs::is_empty(out))) return;
  const char* why = "something else is there already";
  if (fs::exists(out / kRecord)) {
    why = has_both_tables(out) ? "it holds data generated with other parameters"
                               : "it holds generated data whose train.csv or valid.csv is missing";
  }
  throw Error(ExitCode::environment, "generate data in", out.string(), why,
              "name another folder, or remove this one");
}

}  // namespace

void write_synth(const fs::path& out_as_given, const SynthOptions& options) {
  fs::path out = fs::absolute(out_as_given).lexically_normal();
  if (!out.has_filename()) out = out.parent_path();  // "folder/"
  if (is_made_already(out, options)) return;
  refuse_what_is_in_the_way(out);

  const fs::path building = out.string() + ".tmp-" + std::to_string(::getpid());
  fs::remove_all(building);
  fs::create_directories(building);
  try {
    write_part(building, options, {"train", options.studies, 1, draw_train_study});
    write_part(building, options, {"valid", options.valid, 64541, draw_valid_study});
    write_plainly(building / kRecord, record_of(options));
    sync_file_system(building);
    std::error_code failed;
    fs::rename(building, out, failed);
    if (failed && !is_made_already(out, options)) {  // unless another process was first
      throw system_error("rename to", out.string(), failed.value());
    }
    fs::remove_all(building);
    sync_directory(out.parent_path());
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(building, ignored);
    throw;
  }
}

}  // namespace radsweep::data
