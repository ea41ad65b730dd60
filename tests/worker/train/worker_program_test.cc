// radsweep-worker as a process: exit codes, sealed results, signals.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "base/hash.h"
#include "tests/worker/train/worker_process.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"
#include "worker/attempt/spec.h"
#include "worker/data/cache_manifest.h"

using namespace radsweep;
using namespace radsweep::test;
using attempt::Result;

namespace {

// Long enough to be caught in the middle, also on a busy machine.
constexpr int kLongEpochs = 60;
void make_longer(TinyRun& tiny) {
  tiny.spec.recipe.epochs = kLongEpochs - 1;
}

}  // namespace

TEST_CASE("a finished attempt is sealed with all that is known of it") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  REQUIRE(run(folder) == 0);
  const auto result = attempt::read_result(folder);
  REQUIRE(result);
  CHECK(result->outcome == attempt::Outcome::done);
  CHECK(result->run == tiny.spec.run);
  CHECK(result->identity == tiny.spec.identity);
  CHECK(result->attempt == 1);
  CHECK(result->steps == TinyRun::kSteps);
  CHECK(result->epochs.size() == 3);
  CHECK(result->predictions.size() == 12);
  CHECK(result->best_epoch >= 0);
  CHECK(result->best_weights_sha256 == sha256_of_file(folder / attempt::kBestWeights));
  CHECK(result->data_manifest == tiny.spec.data.manifest);
  CHECK(result->data_set == "CheXpert-v1.0-small");
  CHECK(result->upsampled_images == 5);
  CHECK(result->train_studies == 40);
  CHECK(result->train_positive == 20);
  CHECK(result->train_images == 79);
  CHECK(result->valid_studies == 12);
  CHECK(result->device == "CPU, 1 thread");
  CHECK(result->peak_memory_mb > 0);
  CHECK(result->train_seconds > 0);
  CHECK(result->images_sha256.size() == 64);
  CHECK_FALSE(result->torch_version.empty());
  CHECK_FALSE(result->code_version.empty());

  const auto beat = attempt::read_beat(folder);
  REQUIRE(beat);
  CHECK(beat->total_steps == TinyRun::kSteps);
  CHECK(beat->total_epochs == 3);
  const auto events = attempt::read_events(folder, 0).events;
  REQUIRE(events.size() == 4);
  CHECK(events[0]["kind"] == "started");
  CHECK(events[0]["resumed_from"].is_null());
  CHECK_FALSE(attempt::probe_alive_lock(folder).held);
}

TEST_CASE("a bf16 run on a processor without bf16 instructions says that it is not faster") {
  TinyRun tiny;
  tiny.spec.recipe.precision = "bf16";
  const fs::path folder = tiny.new_attempt(1);
  REQUIRE(run(folder) == 0);
  const auto events = attempt::read_events(folder, 0).events;
  const bool has_bf16 = read_file("/proc/cpuinfo").find("avx512_bf16") != std::string::npos;
  REQUIRE(events.size() == (has_bf16 ? 4 : 5));
  if (has_bf16) return;
  CHECK(events[0]["kind"] == "note");
  CHECK(events[0]["text"].get<std::string>().find("no less time than fp32") != std::string::npos);
  CHECK(read_file(folder / attempt::kLogFile).find("warning: precision: bf16") !=
        std::string::npos);
}

TEST_CASE("a tf32 run on a processor is one of fp32, and says so") {
  TinyRun plain, tiny;
  tiny.spec.data = plain.spec.data;
  tiny.spec.recipe.precision = "tf32";
  const fs::path fp32 = plain.new_attempt(1), tf32 = tiny.new_attempt(1);
  REQUIRE(run(fp32) == 0);
  REQUIRE(run(tf32) == 0);
  const bool same_numbers = numbers_of(tf32).epochs == numbers_of(fp32).epochs;
  CHECK(same_numbers);
  CHECK(read_file(tf32 / attempt::kLogFile)
            .find("precision: tf32 without instructions for it "
                  "(CPU, 1 thread): the run is one of fp32") != std::string::npos);
}

TEST_CASE("a run that wants CUDA graphs trains on a processor without, and says so") {
  TinyRun plain, tiny;
  tiny.spec.data = plain.spec.data;
  tiny.spec.cuda_graphs = true;
  const fs::path without = plain.new_attempt(1), wanted = tiny.new_attempt(1);
  REQUIRE(run(without) == 0);
  REQUIRE(run(wanted) == 0);
  const bool same_numbers = numbers_of(wanted) == numbers_of(without);
  CHECK(same_numbers);
  CHECK(read_file(wanted / attempt::kLogFile).find("cuda_graphs: true without a GPU") !=
        std::string::npos);
}

TEST_CASE("a worker asked to stop checkpoints, and the next attempt ends with the same numbers") {
  TinyRun tiny;
  make_longer(tiny);
  const fs::path undisturbed = tiny.new_attempt(9);
  fs::create_directory(tiny.dir / "elsewhere");
  fs::rename(undisturbed, tiny.dir / "elsewhere" / "9");
  REQUIRE(run(tiny.dir / "elsewhere" / "9") == 0);

  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) {
    const fs::path folder = tiny.new_attempt(1);
    Worker worker(folder);
    REQUIRE(eventually([&] { return fs::exists(folder / attempt::kLastCheckpoint); }));
    worker.signal(signal);
    worker.signal(signal);
    CHECK(worker.exit_code() == static_cast<int>(attempt::WorkerExit::stopped));
    const auto stopped = attempt::read_result(folder);
    REQUIRE(stopped);
    CHECK(stopped->outcome == attempt::Outcome::stopped);
    CHECK(stopped->steps < 6 * kLongEpochs);

    const fs::path next = tiny.new_attempt(2);
    REQUIRE(run(next) == 0);
    const bool same = numbers_of(next) == numbers_of(tiny.dir / "elsewhere" / "9");
    CHECK(same);
    CHECK(attempt::read_events(next, 0).events[0]["step"] == stopped->steps);
    fs::remove_all(folder);
    fs::remove_all(next);
  }
}

TEST_CASE("a worker that is killed again and again ends with the same numbers") {
  TinyRun tiny;
  make_longer(tiny);
  TinyRun other;
  make_longer(other);
  other.spec = tiny.spec;  // its data is equal, its folder another
  REQUIRE(run(other.new_attempt(1)) == 0);

  int number = 1;
  for (; number <= 4; ++number) {
    const fs::path folder = tiny.new_attempt(number);
    Worker worker(folder);
    const std::string newest = (folder / attempt::kLastCheckpoint).string();
    REQUIRE(eventually([&] { return fs::exists(newest); }));
    worker.signal(SIGKILL);
    REQUIRE(worker.exit_code() == 128 + SIGKILL);
    CHECK_FALSE(attempt::read_result(folder));
  }
  const fs::path last = tiny.new_attempt(number);
  REQUIRE(run(last) == 0);
  const bool same = numbers_of(last) == numbers_of(other.dir / "1");
  CHECK(same);

  // Every epoch was told, and whoever told it again told the same.
  std::map<int, nlohmann::json> told;
  for (int i = 1; i <= number; ++i) {
    for (nlohmann::json& event : attempt::read_events(tiny.dir / std::to_string(i), 0).events) {
      if (event["kind"] != "epoch") continue;
      event.erase("seconds");
      event.erase("images_per_second");
      const auto [earlier, is_new] = told.emplace(event["epoch"].get<int>(), event);
      if (!is_new) CHECK(earlier->second.dump() == event.dump());
    }
  }
  CHECK(told.size() == kLongEpochs);
}

TEST_CASE("data that changed since the sweep was planned is bad data") {
  TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  replace_file(fs::path(tiny.spec.data.root) / "valid.csv",
               read_file(fs::path(tiny.spec.data.root) / "train.csv"));
  failed_result(folder, attempt::WorkerExit::bad_data, "bad_data");
}

TEST_CASE("a missing image cache is bad data") {
  const TinyRun tiny;
  fs::remove_all(tiny.dir / "cache");
  failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_data, "bad_data");
}

TEST_CASE("an image cache of other data with the same paths is bad data") {
  const TinyRun tiny;
  auto manifest = *data::read_manifest(tiny.spec.data.cache, TinyRun::kPx);
  manifest.data_manifest = std::string(64, '0');
  data::write_manifest(tiny.spec.data.cache, manifest);
  const Result result =
      failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_data, "bad_data");
  CHECK(result.error.find("of other data") != std::string::npos);
}

TEST_CASE("a spec that was edited is refused before another recipe's checkpoint is touched") {
  TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  attempt::Spec edited = attempt::read_spec(folder);
  SUBCASE("learning rate") {
    edited.recipe.base_lr = 0.5;
  }
  SUBCASE("no growth") {
    edited.architecture.growth = 0;
    edited.identity = sha256_hex(attempt::canonical_configuration(edited));
  }
  SUBCASE("no threads") {
    edited.slot.threads = 0;
  }
  attempt::write_spec(folder, edited);
  failed_result(folder, attempt::WorkerExit::bad_spec, "bad_spec");
}

TEST_CASE("a beat that cannot be written does not keep a training from its start") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  fs::create_directories(folder / attempt::kBeatFile / "in the way");
  CHECK(run(folder) == 0);
}

namespace {

// What `bench` answers for an attempt's spec.
nlohmann::json measured(const fs::path& folder, int exit_code) {
  const fs::path answer = folder / "answer";
  CHECK(run_verb({"bench", folder, "--steps", "3", "--images-per-study", "1.5"}, answer) ==
        exit_code);
  return nlohmann::json::parse(read_file(answer));
}

}  // namespace

TEST_CASE("a measurement times steps of every phase on noise, without data, and trains no run") {
  TinyRun tiny;
  tiny.spec.data.root = tiny.spec.data.cache = "/nowhere";
  tiny.spec.recipe.base_lr = 1000;  // rates change no speed and must not end a measurement
  tiny.spec.recipe.weight_decay = 100;
  const fs::path folder = tiny.new_attempt(1);
  const nlohmann::json answer = measured(folder, 0);
  CHECK(answer["device"] == "CPU, 1 thread");
  CHECK(answer["peak_memory_mb"].get<double>() > 10);
  REQUIRE(answer["phases"].size() == 3);
  const std::vector<std::string> names = {"frozen", "full", "validation"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const nlohmann::json& phase = answer["phases"][i];
    CHECK(phase["phase"] == names[i]);
    REQUIRE(phase["steps"].size() == 3);
    for (const nlohmann::json& step : phase["steps"]) {
      CHECK(step["images"].get<int>() >= 6);  // studies of one or two images
      CHECK(step["images"].get<int>() <= 12);
      CHECK(step["seconds"].get<double>() > 0);
    }
  }
  CHECK(answer["phases"][2]["steps"][0]["images"] == 9);  // these are in order
  CHECK_FALSE(fs::exists(folder / attempt::kLastCheckpoint));
  CHECK_FALSE(attempt::read_result(folder));
}

TEST_CASE("a measurement has the phases that its recipe has") {
  TinyRun tiny;
  tiny.spec.recipe.frozen_epochs = 0;
  const nlohmann::json answer = measured(tiny.new_attempt(1), 0);
  REQUIRE(answer["phases"].size() == 2);
  CHECK(answer["phases"][0]["phase"] == "full");
}

TEST_CASE("what cannot be measured is answered with the class of its failure") {
  TinyRun tiny;
  tiny.spec.slot.gpu_uuid = "GPU-00000000-1111-2222-3333-444444444444";
  const auto exit = static_cast<int>(attempt::WorkerExit::bad_device);
  CHECK(measured(tiny.new_attempt(1), exit)["error_class"] == "device");
}

TEST_CASE("a path that cannot be used is the environment's fault, not a bug of ours") {
  const test::TempDir dir;
  const std::string file = dir / "file";
  replace_file(file, "in the way");
  const TinyRun tiny;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"data", "prepare", tiny.spec.data.root, "--cache", file + "/x",
                                 "--resolution", "8"},
        {"data", "prepare", tiny.spec.data.root, "--cache", file, "--resolution", "8"},
        {"data", "synth", file + "/x", "--studies", "3"}}) {
    CAPTURE(words.back());
    CHECK(run_verb(words, dir / "log") == 4);
    const std::string log = read_file(dir / "log");
    CHECK(log.find("internal error") == std::string::npos);
    CHECK(log.find(file) != std::string::npos);
  }
}

TEST_CASE("initial weights that changed since the sweep was planned are bad data") {
  TinyRun tiny;
  replace_file(tiny.dir / "weights.safetensors", "something else");
  tiny.spec.pretrained = tiny.dir / "weights.safetensors";
  tiny.spec.pretrained_sha256 = std::string(64, '0');
  failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_data, "bad_data");
}

TEST_CASE("a GPU that is not there is a device failure") {
  TinyRun tiny;
  tiny.spec.slot.gpu_uuid = "GPU-00000000-1111-2222-3333-444444444444";
  failed_result(tiny.new_attempt(1), attempt::WorkerExit::bad_device, "device");
}

TEST_CASE("a loss that is not finite seals the attempt with its class and step") {
  TinyRun tiny;
  tiny.spec.recipe.base_lr = 1000;
  tiny.spec.recipe.weight_decay = 100;
  const Result result = failed_result(tiny.new_attempt(1), attempt::WorkerExit::failed, "nan");
  CHECK(result.steps < TinyRun::kSteps);
}

TEST_CASE("a spec that cannot be read is refused without a result") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  replace_file(folder / attempt::kSpecFile, "{\"format\": 1}");
  CHECK(run(folder) == static_cast<int>(attempt::WorkerExit::bad_spec));
  CHECK_FALSE(attempt::read_result(folder));
}

TEST_CASE("a sealed attempt, or one another process works on, is left alone") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  {
    const auto lock = attempt::AliveLock::take(folder);
    CHECK(run(folder) == static_cast<int>(attempt::WorkerExit::io));
    CHECK_FALSE(attempt::read_result(folder));
  }
  REQUIRE(run(folder) == 0);
  const std::string sealed = read_file(folder / attempt::kResultFile);
  CHECK(run(folder) == static_cast<int>(attempt::WorkerExit::io));
  CHECK(read_file(folder / attempt::kResultFile) == sealed);
}
