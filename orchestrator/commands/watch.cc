// radsweep watch: where a sweep stands, live.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/status/last_events.h"
#include "orchestrator/status/sweep_status.h"
#include "orchestrator/stop_signals.h"

namespace radsweep::orchestrator {
namespace {

constexpr int kPause_ms = 1000;
constexpr int kEvents = 3;  // the newest, below the picture

// True until Ctrl-C; waits for the next look.
bool go_on(StopSignals& signals) {
  pollfd wait{signals.descriptor(), POLLIN, 0};
  ::poll(&wait, 1, kPause_ms);
  return signals.count() == 0;
}

bool is_over(const SweepStatus& status) {
  const db::StateCounts& counts = status.view.counts;
  const bool all_ended = counts.pending + counts.waiting + counts.running + counts.stopping == 0;
  return !status.owner.owned && (all_ended || status.view.slots.empty());
}

void watch(const std::string& given) {
  OpenedStore opened = open_store(given);
  StopSignals signals(Hangup::stops);
  const auto progress = make_progress(ProgressStyle::automatic, FirstStatus::at_once);
  SweepStatus status;
  do {
    status = read_status(opened.store, opened.database);
    status.view.events = last_events(opened.database, kEvents);
    progress->show(status.view);
  } while (!is_over(status) && go_on(signals));
  for (const std::string& note : status_notes(status)) progress->tell(note);
}

constexpr const char* kFooter = R"(
Reads only: leaving with Ctrl-C stops nothing. Ends by itself when nobody works on the sweep.

Examples:
  radsweep watch runs/chexpert-atelectasis
)";

}  // namespace

void add_watch(CLI::App& app, int& exit_code) {
  auto store = std::make_shared<std::string>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("watch", "Show where a sweep stands, live");
  verb->footer(kFooter);
  verb->add_option("STORE", *store, "The store (default: the only or newest below runs/)");
  verb->callback([store, &exit_code] {
    watch(*store);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
