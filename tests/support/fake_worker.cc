// A worker without LibTorch that keeps the protocol of an attempt folder: spec in; lock, events,
// beats, checkpoint and result out. Misbehaves as fake_behaviour.h describes.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/durable_file.h"
#include "base/hash.h"
#include "tests/support/fake_behaviour.h"
#include "tests/support/fake_bench.h"
#include "tests/support/fake_data.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"
#include "worker/attempt/spec.h"

namespace radsweep::test {
namespace fs = std::filesystem;
using attempt::WorkerExit;

std::atomic<bool> stop_asked = false;

void sleep_ms(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

// What a test wants to know of the process that was made for us.
void tell_surroundings() {
  for (const char* name : {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "OMP_NUM_THREADS",
                           "OMP_WAIT_POLICY", "RADSWEEP_ALIVE_FD"}) {
    const char* value = std::getenv(name);
    std::printf("%s=%s\n", name, value ? value : "(unset)");
  }
  std::printf("descriptors:");
  for (int fd = 0; fd < 256; ++fd) {
    std::error_code closed;
    const fs::path target = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), closed);
    if (!closed) std::printf(" %d=%s", fd, target.filename().c_str());
  }
  sigset_t blocked;
  ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
  std::printf("\nTERM blocked: %d  session leader: %d\n", sigismember(&blocked, SIGTERM),
              ::getsid(0) == ::getpid());
  std::fflush(stdout);
}

// Deterministic, so that an interrupted run can be compared with an undisturbed one.
attempt::EpochRecord measure(const attempt::Spec& spec, int epoch, double best_before) {
  attempt::EpochRecord record;
  const double seed = static_cast<double>(spec.seed);
  record.epoch = epoch;
  record.phase = epoch < spec.recipe.frozen_epochs ? "frozen" : "full";
  record.train_loss = 1.0 / (epoch + 1 + seed);
  record.valid_loss = 1.1 / (epoch + 1 + seed);
  record.valid_auc = 0.6 + 0.3 * std::abs(std::sin(seed * 7 + epoch)) * spec.resolution / 1000.0;
  record.lr_body = 1e-4;
  record.lr_head = 1e-2;
  record.is_best = *record.valid_auc > best_before;
  record.is_best_loss = true;
  record.seconds = 0.1;
  record.images_per_second = 100;
  return record;
}

class Training {
 public:
  explicit Training(fs::path folder)
      : folder_(std::move(folder)),
        spec_(attempt::read_spec(folder_)),
        fake_(fake_behaviour(spec_.run)),
        events_(folder_) {
    result_.run = spec_.run;
    result_.identity = spec_.identity;
    result_.attempt = spec_.attempt;
  }

  int run() {
    std::signal(
        SIGTERM, fake_.ignore_term ? SIG_IGN : +[](int) { stop_asked = true; });
    if (fake_.orphan) leave_orphan();
    const std::string source = resume();
    events_.started("fake", source, step_);
    beat();
    const int epochs = spec_.recipe.frozen_epochs + spec_.recipe.epochs;
    for (int epoch = step_ / fake_.steps; epoch < epochs; ++epoch) {
      while (step_ < (epoch + 1) * fake_.steps) {
        if (stop_asked) return stop();
        if (const auto code = misbehave()) return *code;
        sleep_ms(fake_.step_ms);
        ++step_;
        beat();
      }
      finish_epoch(epoch);
    }
    return finish();
  }

 private:
  bool misbehaves_now() const { return step_ == fake_.at && spec_.attempt <= fake_.until; }

  std::optional<int> misbehave() {
    if (!misbehaves_now()) return std::nullopt;
    if (!fake_.linger) wait_for_file();
    if (stop_asked) return stop();
    if (fake_.signal > 0) {
      std::signal(fake_.signal, SIG_DFL);  // sanitizers turn some into an exit code
      ::raise(fake_.signal);
    }
    if (fake_.exit_code >= 0) return fake_.exit_code;
    if (fake_.fail.empty()) return std::nullopt;
    result_.error_class = fake_.fail;
    result_.error = "the fake worker was told to fail";
    std::puts("about to fail");
    return seal(attempt::Outcome::failed, WorkerExit::failed);
  }

  void wait_for_file() const {
    while (!fake_.wait_for.empty() && !fs::exists(fake_.wait_for) && !stop_asked) sleep_ms(5);
  }

  static void leave_orphan() {
    if (::fork() != 0) return;
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(1);
  }

  std::string resume() {
    for (const std::string& older : spec_.resume_from) {
      const fs::path file = folder_ / older / attempt::kLastCheckpoint;
      const auto text = read_file_if_exists(file);
      if (!text) continue;
      const nlohmann::json saved = nlohmann::json::parse(*text);
      step_ = saved.at("step");
      result_.epochs = saved.at("epochs").get<std::vector<attempt::EpochRecord>>();
      for (const attempt::EpochRecord& record : result_.epochs) take_best(record);
      return older + "/" + attempt::kLastCheckpoint;
    }
    return "";
  }

  void checkpoint() const {
    const nlohmann::json saved = {{"step", step_}, {"epochs", result_.epochs}};
    replace_file(folder_ / attempt::kLastCheckpoint, saved.dump());
  }

  void beat() const {
    attempt::Beat beat;
    beat.step = step_;
    beat.total_steps = (spec_.recipe.frozen_epochs + spec_.recipe.epochs) * fake_.steps;
    beat.phase = "full";
    attempt::write_beat(folder_, beat);
  }

  void take_best(const attempt::EpochRecord& record) {
    result_.best_loss_epoch = record.epoch;
    result_.best_loss = record.valid_loss;
    if (!record.is_best) return;
    result_.best_epoch = record.epoch;
    result_.best_auc = *record.valid_auc;
    result_.predictions = {{"valid/patient1/study1", 1, 1.0, 0.7310585786300049},
                           {"valid/patient2/study1", 0, -1.0, 0.2689414213699951}};
  }

  void finish_epoch(int epoch) {
    const attempt::EpochRecord record = measure(spec_, epoch, result_.best_auc);
    result_.epochs.push_back(record);
    take_best(record);
    events_.epoch(record, result_.predictions);
    checkpoint();
  }

  int stop() {
    checkpoint();
    return seal(attempt::Outcome::stopped, WorkerExit::stopped);
  }

  int finish() {
    const std::string weights = spec_.run + " after epoch " + std::to_string(result_.best_epoch);
    replace_file(folder_ / attempt::kBestWeights, weights);
    result_.best_weights_sha256 = sha256_hex(weights);
    result_.device = "fake";
    result_.code_version = "fake";
    result_.train_seconds = 0.1 * static_cast<double>(result_.epochs.size());
    if (fake_.nan) result_.best_auc = 7;  // JSON knows no NaN; out of range is as wrong
    if (fake_.wrong_attempt) ++result_.attempt;
    if (fake_.twice) result_.predictions.push_back(result_.predictions.front());
    const int code = seal(attempt::Outcome::done, WorkerExit::done);
    if (fake_.linger) wait_for_file();
    return code;
  }

  int seal(attempt::Outcome outcome, WorkerExit code) {
    result_.outcome = outcome;
    result_.steps = step_;
    attempt::write_result(folder_, result_);
    return static_cast<int>(code);
  }

  fs::path folder_;
  attempt::Spec spec_;
  FakeBehaviour fake_;
  attempt::EventLog events_;
  attempt::Result result_;
  int step_ = 0;
};

}  // namespace radsweep::test

int main(int argc, char** argv) {
  using namespace radsweep;
  const test::Words words(argv + 1, argv + argc);
  if (words == test::Words{"--version"}) return std::puts("a fake worker") < 0;
  if (words.size() >= 2 && words[0] == "data") return test::fake_data(words);
  if (words.size() >= 2 && words[0] == "bench") return test::fake_bench(words[1]);
  if (words.size() != 2 || words[0] != "train") return 64;
  test::tell_surroundings();
  attempt::AliveLock::hold_as_worker(words[1]).keep_until_exit();
  return test::Training(words[1]).run();
}
