#include "worker/commands/data.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <atomic>
#include <csignal>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "worker/commands/progress_line.h"
#include "worker/data/cache_check.h"
#include "worker/data/data_check.h"
#include "worker/data/prepare_cache.h"
#include "worker/data/synth.h"

namespace radsweep::commands {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // set in a signal handler

// The first signal asks for a good end, the second ends at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

void add_policy(CLI::App& verb, attempt::LabelPolicy& labels) {
  verb.add_option("--target", labels.target, "finding that is looked for")->capture_default_str();
  verb.add_option("--uncertain", labels.uncertain, "what -1 counts as: positive, negative, drop")
      ->capture_default_str();
  verb.add_option("--negative", labels.negatives,
                  "finding whose presence makes a study negative; may be repeated, '' for none")
      ->allow_extra_args(false)
      ->capture_default_str();
}

void drop_empty_names(attempt::LabelPolicy& labels) {
  std::erase(labels.negatives, "");
}

struct CheckArguments {
  std::string root, cache;
  attempt::LabelPolicy labels;
  bool json = false, decode = false;
  int threads = 0;
};

void check(CheckArguments arguments) {
  drop_empty_names(arguments.labels);
  data::Problems problems;
  data::DataReport report;
  {
    ProgressLine line(arguments.json ? ProgressStyle::quiet : ProgressStyle::automatic);
    report = data::check_data(
        arguments.root, arguments.labels,
        arguments.decode ? data::ImageCheckDepth::decode : data::ImageCheckDepth::ends,
        arguments.threads, problems, [&](std::size_t done, std::size_t total) {
          line.show(arguments.decode ? "decoding images" : "checking images", done, total);
        });
    if (!arguments.cache.empty()) {
      report.cache = data::check_cache(arguments.cache, report.data_manifest, problems,
                                       [&](std::size_t done, std::size_t total) {
                                         line.show("checksumming image caches", done, total);
                                       });
    }
  }
  std::cout << (arguments.json ? data::report_json(report, problems) : data::report_text(report))
            << std::flush;
  problems.throw_if_any(arguments.root, data::kListAll, "correct these and check again");
}

void add_check(CLI::App& data, int& exit_code) {
  auto* verb = data.add_subcommand("check", "count the data set and list all that is wrong in it");
  const auto arguments = std::make_shared<CheckArguments>();
  verb->add_option("ROOT", arguments->root, "folder with train.csv and valid.csv")->required();
  verb->add_option("--cache", arguments->cache,
                   "folder of its image cache: checksum that too (reads all of it)");
  add_policy(*verb, arguments->labels);
  verb->add_flag("--json", arguments->json, "one JSON object on stdout");
  verb->add_flag("--decode", arguments->decode,
                 "decode every image instead of looking at its ends");
  verb->add_option("--threads", arguments->threads, "0: one per processor")
      ->check(CLI::Range(0, 1024));
  verb->callback([arguments, &exit_code] {
    check(*arguments);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

struct PrepareArguments {
  data::PrepareOptions options;
  std::string root, cache;
  bool quiet = false;
};

void prepare(PrepareArguments arguments) {
  data::PrepareOptions& options = arguments.options;
  drop_empty_names(options.labels);
  options.root = arguments.root;
  options.cache = arguments.cache;
  options.stop = &stop_requested;
  stop_on_signals();
  ProgressLine line(arguments.quiet ? ProgressStyle::quiet : ProgressStyle::automatic);
  options.progress = [&line](const std::string& doing, std::size_t done, std::size_t total) {
    line.show(doing + (doing == "checksumming" ? "" : " images"), done, total);
  };
  options.notice = [](const std::string& message) { std::cerr << "note: " << message << '\n'; };
  for (const auto& manifest : data::prepare_cache(options)) {
    if (manifest.upsampled_images == 0 || arguments.quiet) continue;
    options.notice(std::to_string(manifest.upsampled_images) + " of " +
                   std::to_string(manifest.images) + " images are smaller than " +
                   std::to_string(manifest.resolution) + " px and were enlarged");
  }
}

void add_prepare(CLI::App& data, int& exit_code) {
  auto* verb = data.add_subcommand("prepare", "resize all images into a cache; resumable");
  const auto arguments = std::make_shared<PrepareArguments>();
  verb->add_option("ROOT", arguments->root, "folder with train.csv and valid.csv")->required();
  verb->add_option("--cache", arguments->cache, "folder of the cache, made when missing")
      ->required();
  verb->add_option("--resolution", arguments->options.resolutions, "pixels: 160,320,480")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 8192));
  add_policy(*verb, arguments->options.labels);
  verb->add_option("--threads", arguments->options.threads, "0: one per processor")
      ->check(CLI::Range(0, 1024));
  verb->add_flag("--quiet", arguments->quiet, "no progress");
  verb->callback([arguments, &exit_code] {
    prepare(*arguments);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

void add_synth(CLI::App& data, int& exit_code) {
  auto* verb = data.add_subcommand("synth", "write a generated data set of CheXpert's shape");
  const auto options = std::make_shared<data::SynthOptions>();
  const auto out = std::make_shared<std::string>();
  verb->add_option("OUT", *out, "folder that is made")->required();
  verb->add_option("--studies", options->studies, "studies in train.csv, 95 % of them usable")
      ->required()
      ->check(CLI::Range(1, 1000000));
  verb->add_option("--valid", options->valid, "studies in valid.csv")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  verb->add_option("--size", options->size_px, "typical side of an image")
      ->capture_default_str()
      ->check(CLI::Range(16, 4096));
  verb->add_option("--seed", options->seed, "of all that is drawn")->capture_default_str();
  verb->callback([options, out, &exit_code] {
    data::write_synth(*out, *options);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace

void add_data_verbs(CLI::App& app, int& exit_code) {
  auto* data = app.add_subcommand("data", "check, prepare or generate a data set");
  data->require_subcommand(1);
  add_check(*data, exit_code);
  add_prepare(*data, exit_code);
  add_synth(*data, exit_code);
}

}  // namespace radsweep::commands
