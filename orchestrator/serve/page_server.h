// HTTP for one LivePage. There are three addresses, /, /status.json and /live.js, and no file is
// ever looked for.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/serve/live_page.h"

namespace radsweep::orchestrator {

// Answers GET and HEAD from construction to destruction, in threads of its own; other methods get
// 405, other addresses 404, requests by another name than ours 403 (trusted_host.h).
class PageServer {
 public:
  // `port` 0 takes any free one. Throws Error(environment) when the address cannot be had.
  PageServer(LivePage& page, const std::string& host, int port);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  int port() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace radsweep::orchestrator
