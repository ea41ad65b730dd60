#include "orchestrator/examples/find_examples.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "base/error.h"
#include "orchestrator/examples/cached_images.h"
#include "orchestrator/examples/jpeg_uri.h"
#include "orchestrator/report/table_reader.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {
namespace {

using report::Example;
using report::Examples;
using report::TableReader;

constexpr const char* kBestRun = R"(
SELECT run_id, attempts FROM runs
WHERE current = 1 AND state = 'done' AND best_auc IS NOT NULL
ORDER BY best_auc DESC, run_id LIMIT 1)";

std::vector<int> resolutions_of(db::Database& database) {
  TableReader rows(db::query(
      database, "SELECT DISTINCT resolution FROM runs WHERE current = 1 ORDER BY resolution DESC"));
  std::vector<int> resolutions;
  while (rows.next()) resolutions.push_back(rows.small("resolution"));
  return resolutions;
}

std::vector<Example> studies_of(db::Database& database, const std::string& run) {
  TableReader rows(db::query(
      database,
      "SELECT study, label, probability FROM predictions WHERE run_id = ?1 ORDER BY study", {run}));
  std::vector<Example> studies;
  while (rows.next()) {
    studies.push_back({"",
                       rows.text("study"),
                       rows.small("label"),
                       rows.optional_real("probability").value(),  // NOT NULL in the schema
                       {}});
  }
  return studies;
}

std::vector<Example> choose(const std::vector<Example>& studies, const CachedImages& images) {
  std::vector<Example> chosen;
  const auto take = [&](const char* why, const std::function<bool(const Example&)>& fits) {
    const auto found = std::ranges::find_if(studies, [&](const Example& study) {
      return !images.views_of(study.study).empty() && fits(study) &&
             std::ranges::find(chosen, study.study, &Example::study) == chosen.end();
    });
    if (found == studies.end()) return;
    chosen.push_back(*found);
    chosen.back().why = why;
  };
  take("first positive", [](const Example& study) { return study.label == 1; });
  take("first negative", [](const Example& study) { return study.label == 0; });
  take("first other with several views",
       [&](const Example& study) { return images.views_of(study.study).size() > 1; });
  return chosen;
}

}  // namespace

Examples find_examples(db::Database& database, const Store& store) {
  Examples examples;
  TableReader best(db::query(database, kBestRun));
  if (!best.next()) {
    examples.absent = "no run has a result yet";
    return examples;
  }
  examples.run = best.text("run_id");
  const std::vector<Example> studies = studies_of(database, examples.run);
  const std::vector<int> resolutions = resolutions_of(database);
  try {
    const attempt::Spec spec =
        attempt::read_spec(store.attempt(examples.run, best.small("attempts")));
    examples.target = spec.data.labels.target;
    const auto images = CachedImages::find(spec.data.cache, resolutions, spec.data.manifest);
    if (!images) {
      examples.absent = "the prepared images are not at hand in " + spec.data.cache;
      return examples;
    }
    examples.resolution = images->resolution();
    examples.studies = choose(studies, *images);
    for (Example& example : examples.studies) {
      for (const std::size_t row : images->views_of(example.study)) {
        example.views.push_back(jpeg_uri(images->pixels(row), images->resolution()));
      }
    }
    if (examples.studies.empty()) examples.absent = "the prepared images are of other studies";
  } catch (const Error& failure) {
    // the numbers are worth a page without pictures
    examples.studies.clear();
    examples.absent = failure.where() + ": " + failure.why();
  }
  return examples;
}

}  // namespace radsweep::orchestrator
