// What the person who started `radsweep run` sees. The supervisor tells, a Progress shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/run.h"
#include "worker/attempt/beat.h"

namespace radsweep::orchestrator {

// One slot and what runs on it now.
struct SlotView {
  std::string slot;  // "GPU 0 Quadro P6000" or "cpu:0"
  std::string run;   // empty: idle
  int attempt = 0;
  std::optional<attempt::Beat> beat;
  std::optional<double> best;  // so far: AUC of 0..1, or the objective
  bool stalled = false;
  std::string problem = {};          // why an idle one is not used; may be ""
  std::optional<double> eta_s = {};  // until its run ends, by its own speed
};

// One cell of the matrix resolution x architecture (x variant).
struct CellView {
  int resolution = 0;
  std::string architecture, variant;
  int done = 0, running = 0, failed = 0, total = 0;
  std::optional<double> mean;  // of the done runs' AUC (0..1) or objective
};

struct SweepView {
  std::string name;
  std::string objective;  // metric that judges a program of the user's; "": the AUC
  db::StateCounts counts;
  std::vector<CellView> cells;
  std::vector<SlotView> slots;
  std::optional<double> eta_s;           // until the sweep is complete
  std::vector<std::string> events = {};  // what happened last, for who did not see it; oldest first
};

// One thread. Writes to stderr only; stdout belongs to data.
class Progress {
 public:
  virtual ~Progress() = default;
  // One thing that happened, a line without its end: "480-densenet161-s3 done  AUC 0.8312  4 h 12
  // m".
  virtual void tell(const std::string& line) = 0;
  // Whether show() would do anything now: of a large sweep a picture is dear to make.
  virtual bool wants_picture() const { return true; }
  // The state now; called a few times a second at most.
  virtual void show(const SweepView& view) = 0;
};

enum class ProgressStyle { automatic, tty, plain, none };
// automatic: tty when stderr is a terminal that can move its cursor, plain otherwise.
// Who only looks on is shown where it stands at once; who started it sees it begin.
enum class FirstStatus { later, at_once };
std::unique_ptr<Progress> make_progress(ProgressStyle style,
                                        FirstStatus first = FirstStatus::later);

// The live picture as lines of at most `columns` characters, for the painter and for `watch`.
// `colour`: ANSI colours (NO_COLOR and pipes: off).
std::vector<std::string> render_view(const SweepView& view, int columns, bool colour);

}  // namespace radsweep::orchestrator
