#include "orchestrator/report/page_notes.h"

#include <algorithm>
#include <map>
#include <set>

#include "orchestrator/report/auc_error.h"
#include "orchestrator/report/last_epoch.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/pruned_note.h"

namespace radsweep::report {
namespace {

std::string count_text(int count, const std::string& singular) {
  return std::to_string(count) + " " + singular + (count == 1 ? "" : "s");
}

std::string floor_note(const SweepRecord& record) {
  const int epochs = epoch_count(record);
  std::string note = "A run counts with the best of its " + count_text(epochs, "epoch") +
                     ", chosen on the same validation studies it is reported on (the paper’s "
                     "way), so every number of the column “best epoch” is optimistic.";
  if (record.validation && epochs > 1) {
    const ValidationSet& valid = *record.validation;
    note += " Chance is not 50.00 either: with " + std::to_string(valid.positives) +
            " positive and " + std::to_string(valid.studies - valid.positives) +
            " negative studies, a classifier that knows nothing would be expected to show about " +
            points(floor_of(record)) +
            " as the best of that many independent epochs. Trainings on permuted labels of "
            "generated data with 200 validation studies gave 55.9 to 57.8 as the best of 7.";
  }
  return note;
}

std::string sampling_note(const SweepRecord& record) {
  double highest = 0;
  for (const Cell& cell : record.cells) highest = std::max(highest, cell.mean.value_or(0));
  if (!record.validation || highest <= 0) return "";
  const ValidationSet& valid = *record.validation;
  const double error = hanley_mcneil(highest, valid.positives, valid.studies - valid.positives);
  return "With " + std::to_string(valid.studies) + " validation studies an AUC of " +
         points(highest) + " has a sampling error of about ± " + points(error) +
         " (Hanley and McNeil). All runs are tested on the same studies and share most of it: "
         "compare orderings and differences paired by seed rather than single values.";
}

std::string missing_note(const SweepRecord& record) {
  std::string text;
  for (const Cell& cell : record.cells) {
    if (cell.missing_seeds.empty()) continue;
    text += (text.empty() ? "" : "; ") + series_name(cell.architecture, cell.variant) + " at " +
            std::to_string(cell.resolution) + ": " + missing_text(cell);
  }
  return text.empty() ? "" : "Seeds without a measured AUC: " + text + ".";
}

}  // namespace

double floor_of(const SweepRecord& record) {
  if (!record.validation) return 0.5;
  const ValidationSet& valid = *record.validation;
  return null_floor(valid.positives, valid.studies - valid.positives, epoch_count(record));
}

std::vector<std::string> reading_notes(const SweepRecord& record) {
  std::vector<std::string> notes;
  if (epoch_count(record) > 0) notes.push_back(floor_note(record));
  notes.push_back(sampling_note(record));
  notes.push_back(
      "The standard deviation is over the seeds of a cell. A seed decides initial weights, the "
      "order of the data, augmentation and dropout; the studies stay the same, so it says nothing "
      "about other patients.");
  notes.push_back(missing_note(record));
  std::erase(notes, "");
  return notes;
}

std::string incomplete_text(const SweepRecord& record) {
  std::map<std::string, int> others;
  int missing = 0;
  for (const RunRow& run : record.runs) {
    if (run.state == "done") continue;
    ++others[run.state];
    ++missing;
  }
  if (missing == 0) return "";
  std::string text = std::to_string(missing) + " of " +
                     count_text(static_cast<int>(record.runs.size()), "run") + " " +
                     (missing == 1 ? "is" : "are") + " not done: ";
  std::string list;
  for (const auto& [state, count] : others) {
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + state;
  }
  text += list + ". The numbers below cover what is done.";
  const auto pruned = others.find(kPruned);
  if (pruned == others.end()) return text;
  return text + " " + pruned_note(static_cast<std::size_t>(pruned->second));
}

std::string frozen_text(const SweepRecord& record) {
  std::set<int> frozen;
  for (const EpochRow& epoch : record.epochs) {
    if (epoch.phase == "frozen") frozen.insert(epoch.epoch);
  }
  if (frozen.empty()) return "all parameters are trained from the start";
  return "the body’s convolutions are frozen up to epoch " + std::to_string(*frozen.rbegin());
}

}  // namespace radsweep::report
