#include "orchestrator/serve/page_server.h"

#include <httplib.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/error.h"
#include "orchestrator/serve/live_script.h"
#include "orchestrator/serve/trusted_host.h"

namespace radsweep::orchestrator {
namespace {

using httplib::Request;
using httplib::Response;
using Handled = httplib::Server::HandlerResponse;

constexpr std::size_t kThreads = 4;  // one slow browser keeps no other waiting

std::string own_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);  // without a name nothing is compared with it
  return name.data();
}

// httplib's own choice lets two servers share a port, and requests fall to either.
void keep_port_to_ourselves(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

Handled refuse(Response& response, int status, const char* why) {
  response.status = status;
  response.set_content(why, "text/plain");
  return Handled::Handled;
}

Handled examine(const Request& request, Response& response, const std::string& name) {
  if (!is_trusted_host(request.get_header_value("Host"), name)) {
    return refuse(response, 403, "This is not the name of this server.\n");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    response.set_header("Allow", "GET, HEAD");
    return refuse(response, 405, "Nothing can be changed here.\n");
  }
  return Handled::Unhandled;
}

void tell_failure(const Request&, Response& response, std::exception_ptr failure) {
  std::string why = "internal error";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    why = error.what();
  }
  response.status = 500;
  response.set_content("radsweep: " + why + "\n", "text/plain; charset=utf-8");
}

void route(httplib::Server& server, LivePage& page) {
  server.Get("/", [&page](const Request&, Response& response) {
    response.set_content(page.html(), "text/html; charset=utf-8");
  });
  server.Get("/status.json", [&page](const Request&, Response& response) {
    response.set_content(page.status(), "application/json");
  });
  server.Get("/live.js", [](const Request&, Response& response) {
    response.set_content(kLiveScript, "text/javascript; charset=utf-8");
  });
}

void configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // httplib deletes it
  server.set_keep_alive_max_count(1);
  server.set_payload_max_length(0);
  server.set_socket_options(keep_port_to_ourselves);
  server.set_default_headers(
      {{"Cache-Control", "no-store"},
       {"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "no-referrer"},
       {"Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}});
  server.set_pre_routing_handler([name = own_name()](const Request& request, Response& response) {
    return examine(request, response, name);
  });
  server.set_exception_handler(tell_failure);
}

}  // namespace

struct PageServer::Parts {
  httplib::Server server;
  int port = 0;
  std::thread listener;
};

PageServer::PageServer(LivePage& page, const std::string& host, int port)
    : parts_(std::make_unique<Parts>()) {
  httplib::Server& server = parts_->server;
  configure(server);
  route(server, page);
  errno = 0;
  parts_->port = port == 0                         ? server.bind_to_any_port(host)
                 : server.bind_to_port(host, port) ? port
                                                   : -1;
  if (parts_->port <= 0) {
    const std::string address = host + ":" + std::to_string(port);
    if (errno == 0) {
      throw Error(ExitCode::environment, "listen on", address, "it is no address of this machine");
    }
    throw system_error("listen on", address, errno, "another port: --port N (0: any free one)");
  }
  parts_->listener = std::thread([&server] { server.listen_after_bind(); });
  // stop() means nothing to a server that does not run yet
  while (!server.is_running()) std::this_thread::yield();
}

PageServer::~PageServer() {
  parts_->server.stop();
  parts_->listener.join();
}

int PageServer::port() const {
  return parts_->port;
}

}  // namespace radsweep::orchestrator
