// Which slots hold a run, which are free, and which rest because runs failed on them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/environment/slots.h"

namespace radsweep::orchestrator {

inline constexpr double kDeviceRest_s = 60;           // after a device's first failure
inline constexpr double kDeviceQuarantine_s = 3600;   // after its second within a day
inline constexpr double kStrikeMemory_s = 24 * 3600;  // strikes older than this are forgotten
inline constexpr double kProblemRecheck_s = 5;        // how often a busy device is looked at
inline constexpr int kRunsFailedInARow = 3;           // that set a slot aside
inline constexpr double kSetAside_s = 3600;

// Why a slot's device may not be given a run now ("process 4711 computes on it"); nothing: free.
using SlotProblem = std::function<std::optional<GpuProblem>(const SlotPlan&)>;

// Times are Clock::elapsed_s. A slot is named by SlotPlan::name; a run may hold several, named
// together as in joined_slot.h. What happens to it there happens to each of them.
class SlotTable {
 public:
  SlotTable(std::vector<SlotPlan> plans, SlotProblem problem);

  // Slots that are neither taken nor resting, nor had a problem a moment ago: no device is looked
  // at.
  std::size_t idle(double now_s) const;
  // The first `count` of them whose device has no problem now. Fewer when there are not so many:
  // then fewer are idle(now_s), too.
  std::vector<SlotPlan> free_slots(std::size_t count, double now_s);
  // The slots hold `run` now. Where the plan has no such slot or it is taken (an adopted worker of
  // an earlier plan) one is added, to be shown and never given again.
  void take(const std::string& name, const std::string& run);
  void give_back(const std::string& run);
  // All that the run holds, joined; it holds some.
  SlotPlan held_by(const std::string& run) const;
  // Its device failed: it rests, longer the second time.
  void strike(const std::string& name, double now_s);
  // A run failed on it, or was done. A slot on which kRunsFailedInARow different runs failed one
  // after another, while another slot got one done, is set aside for an hour: the others do the
  // work. Where all fail alike it is not the slot's fault, and none is set aside.
  void note_failure(const std::string& name, const std::string& run, double now_s);
  void note_done(const std::string& name, double now_s);

  // Slots that hold a run or may hold one within the hour: their device is not in quarantine, for
  // failing or by its own word (memory defective, off the bus). What somebody else uses counts.
  std::size_t usable(double now_s) const;
  // Why slots that are not taken are not used ("GPU 0 is not used: ..."); empty when all are.
  std::vector<std::string> complaints(double now_s) const;

  struct Entry {
    SlotPlan plan;
    std::string run = {};  // empty: none
    double rest_until_s = 0;
    std::string rest_reason = {};
    double checked_s = -1e9;
    std::optional<GpuProblem> problem = {};
    std::vector<double> strikes_s = {};
    std::map<std::string, double> failed_s = {};  // runs since its last success, and when
    double done_s = -1e9;                         // its last success
    bool surplus = false;                         // of an earlier plan: gone with its run
  };
  const std::vector<Entry>& entries() const { return entries_; }
  // Why an idle slot is given no run now; "" when it is.
  static std::string problem_of(const Entry& entry, double now_s);

 private:
  std::vector<Entry*> find(const std::string& name);
  void set_aside_failing(double now_s);
  std::vector<Entry> entries_;
  SlotProblem problem_;
};

}  // namespace radsweep::orchestrator
