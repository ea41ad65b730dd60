// radsweep serve: the report of a sweep, live in a browser.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/serve/page_server.h"
#include "orchestrator/stop_signals.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kThisMachine = "127.0.0.1";

struct Options {
  std::string store, host = kThisMachine;
  int port = 8617;
};

void warn_of_strangers(const std::string& host) {
  if (host == kThisMachine || host == "localhost" || host == "::1") return;
  std::cerr << "radsweep: warning: whoever reaches " << host
            << " can read this sweep's results, logs and paths: there is no password and no "
               "encryption. From elsewhere, ssh -L does without.\n";
}

void serve(const Options& options) {
  OpenedStore opened = open_store(options.store);
  warn_of_strangers(options.host);
  StopSignals signals(Hangup::stops);  // first: threads inherit what is blocked
  LivePage page(std::move(opened.store), std::move(opened.database));
  const PageServer server(page, options.host, options.port);
  const bool v6 = options.host.find(':') != options.host.npos;
  std::cout << "http://" << (v6 ? "[" + options.host + "]" : options.host) << ":" << server.port()
            << "/" << std::endl;
  std::cerr << "Ctrl-C ends it.\n";
  pollfd wait{signals.descriptor(), POLLIN, 0};
  while (signals.count() == 0) ::poll(&wait, 1, -1);
}

constexpr const char* kFooter = R"(
The page of `radsweep report`, kept up to date while the sweep runs. Reads only: the sweep is not
disturbed, and Ctrl-C ends only this.

Examples:
  radsweep serve
  radsweep serve runs/chexpert-atelectasis --port 0
  ssh -L 8617:127.0.0.1:8617 gpu-machine           to see a remote one on http://127.0.0.1:8617/
)";

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("serve", "Show the report in a browser, live");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "The store (default: the only or newest below runs/)");
  verb->add_option("--port", options->port, "The port (default 8617; 0: any free one)")
      ->check(CLI::Range(0, 65535))
      ->type_name("N");
  verb->add_option("--host", options->host,
                   "The address to listen on (default 127.0.0.1: this machine only)")
      ->type_name("ADDRESS");
  verb->callback([options, &exit_code] {
    serve(*options);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
