// When a run that does worse than the others is not worth its time any more. Pure: what runs told
// goes in, a reason comes out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/sweep/prune_rule.h"

namespace radsweep::orchestrator {

// Every comparison is one of the best value that a run had until an epoch. A run counts at an epoch
// when it told a value at or before it and one at or after it. Equal values are never worse than
// one another: in doubt a run goes on.
class Pruner {
 public:
  using RunId = std::int64_t;
  // Epoch -> objective. Epochs count from 0, those of a run whose first is 1 from 1: the first is
  // the first in every rule, and is told in the run's own way.
  using Curve = std::map<int, double>;
  enum class Mode { max, min };  // which value of the objective is the best

  Pruner(PruneRule rule, Mode mode) : rule_(rule), mode_(mode) {}

  // All that the run has told, in place of what it told before: an epoch may be trained again. A
  // value that is not finite counts as none.
  void take_in(RunId run, const Curve& curve);

  // Its epochs so far are never judged: an earlier orchestrator did.
  void skip(RunId run);

  // By the epochs since it was judged or skipped last: why the run shall be stopped, in words and
  // numbers; nothing: it goes on, also when it told nothing. `out`: runs that were given up, which
  // the median leaves out; a rung counts everybody who reached it.
  std::optional<std::string> judge(RunId run, const std::set<RunId>& out);

  std::optional<int> newest_epoch(RunId run) const;  // counted from 0

 private:
  struct Told {
    int first = 0;                             // what the run calls its first epoch: 0 or 1
    std::vector<std::pair<int, double>> best;  // until each epoch, counted from 0, in order
    int judged = -1;                           // the newest of these that was
  };
  static std::optional<double> best_until(const Told& told, int epoch);
  bool is_worse(double value, double than) const;
  std::optional<std::string> judge_by(const MedianRule& rule, RunId run, const std::set<RunId>& out,
                                      int epoch) const;
  std::optional<std::string> judge_by(const AshaRule& rule, RunId run, int after, int epoch) const;
  std::optional<std::string> judge_at_rung(const AshaRule& rule, RunId run, int epoch) const;
  std::string beginning(RunId run, int epoch, double value, double limit) const;

  PruneRule rule_;
  Mode mode_;
  std::map<RunId, Told> runs_;
};

}  // namespace radsweep::orchestrator
