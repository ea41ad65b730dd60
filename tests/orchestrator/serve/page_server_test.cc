#include "orchestrator/serve/page_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "db/run_queue.h"
#include "orchestrator/serve/trusted_host.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/process/process.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::Fate;

namespace {

// What comes back for these bytes, to the end of the connection.
std::string answer_to(int port, const std::string& request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 4096> buffer{};
    for (ssize_t n; (n = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  return answer;
}

std::string ask(int port, const std::string& method, const std::string& path,
                const std::string& host = "localhost") {
  return answer_to(port, method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
}

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == answer.npos ? "" : answer.substr(end + 4);
}

int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

std::vector<test::SampleRun> two_runs(Fate second) {
  return {{160, "densenet121", 1, Fate::done, 0.80}, {160, "densenet121", 2, second, {}}};
}

struct Served {
  explicit Served(Fate second = Fate::pending, std::chrono::milliseconds rest = {})
      : sweep(two_runs(second)),
        page(Store(sweep.folder().path()),
             db::Database::open_for_reading(sweep.folder() / "sweep.db"), rest),
        server(page, "127.0.0.1", 0) {}
  std::string get(const std::string& path) { return ask(server.port(), "GET", path); }

  test::SampleSweep sweep;
  LivePage page;
  PageServer server;
};

void finish_nothing_but_claim(test::SampleSweep& sweep) {
  db::RunQueue queue(sweep.database(), [] { return std::int64_t{1'900'000'000'000}; });
  REQUIRE(queue.claim_next("cpu:0"));
}

}  // namespace

TEST_CASE("the served page is the report and a script that keeps it up to date") {
  Served served;
  const std::string answer = served.get("/");
  CHECK(status_of(answer) == 200);
  CHECK(answer.find("Content-Security-Policy: default-src 'none'") != answer.npos);
  const std::string html = body_of(answer);
  CHECK(html.find("1 of 2 runs is not done") != html.npos);
  CHECK(html.find("<script src=\"/live.js\" defer>") != html.npos);
  CHECK(status_of(served.get("/live.js")) == 200);
}

TEST_CASE("the status names another page once the sweep has changed, and only then") {
  Served served;
  served.get("/");
  const auto look = [&] { return nlohmann::json::parse(body_of(served.get("/status.json"))); };
  const auto before = look();
  CHECK(before["status"]["counts"]["done"] == 1);
  CHECK(look()["page"] == before["page"]);
  finish_nothing_but_claim(served.sweep);
  CHECK(test::eventually([&] { return look()["page"] != before["page"]; }));  // after a rest
  const auto after = look();
  const std::string html = body_of(served.get("/"));
  CHECK(html.find("content=\"" + after["page"].get<std::string>() + "\"") != html.npos);
  CHECK(html.find("1 running") != html.npos);
}

TEST_CASE("while the maker rests the old page is given, and named") {
  Served served(Fate::pending, std::chrono::hours(1));
  const std::string html = body_of(served.get("/"));
  finish_nothing_but_claim(served.sweep);
  CHECK(body_of(served.get("/")) == html);
  const auto status = nlohmann::json::parse(body_of(served.get("/status.json")));
  CHECK(html.find("content=\"" + status["page"].get<std::string>() + "\"") != html.npos);
  CHECK(status["status"]["counts"]["running"] == 1);  // the status itself is of now
}

TEST_CASE("nothing but GET and HEAD, of nothing but three addresses") {
  Served served;
  const int port = served.server.port();
  CHECK(status_of(ask(port, "HEAD", "/")) == 200);
  CHECK(body_of(ask(port, "HEAD", "/")) == "");
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    CHECK(status_of(ask(port, method, "/")) == 405);
  }
  for (const char* path : {"/sweep.db", "/../sweep.db", "/%2e%2e/etc/passwd", "//etc/passwd"}) {
    CHECK(status_of(served.get(path)) == 404);
  }
}

TEST_CASE("a request by a name that is not ours is refused") {
  Served served;
  const int port = served.server.port();
  CHECK(status_of(ask(port, "GET", "/", "evil.example")) == 403);
  CHECK(status_of(ask(port, "GET", "/status.json", "evil.example:8617")) == 403);
  CHECK(status_of(ask(port, "GET", "/", "127.0.0.1:8617")) == 200);
}

TEST_CASE("addresses, localhost and the machine's own name are trusted") {
  for (const char* host : {"127.0.0.1", "10.0.0.7:80", "localhost", "LOCALHOST:1", "[::1]",
                           "[::1]:8617", "gpu-machine", "gpu-machine:8617"}) {
    CHECK_MESSAGE(is_trusted_host(host, "gpu-machine"), host);
  }
  for (const char* host : {"", ":80", "evil.example", "127.0.0.1.evil.example", "localhost.",
                           "localhost.evil.example:80", "[evil]", "1.2.3.4:x"}) {
    CHECK_MESSAGE(!is_trusted_host(host, "gpu-machine"), host);
  }
  CHECK_FALSE(is_trusted_host("", ""));
}

TEST_CASE("a port in use is an error, not shared") {
  Served served;
  CHECK_THROWS_AS(PageServer(served.page, "127.0.0.1", served.server.port()), Error);
}

TEST_CASE(
    "radsweep serve prints its address, answers, changes nothing, and Ctrl-C ends it with 0") {
  test::SampleSweep sweep(two_runs(Fate::failed));
  test::TempDir folder;
  test::Process program(RADSWEEP_PROGRAM, {"serve", sweep.folder().path().string(), "--port", "0"},
                        folder.path(), "serve", {});
  const std::string prefix = "http://127.0.0.1:";
  REQUIRE(test::eventually([&] { return program.output().find("/\n") != std::string::npos; }));
  REQUIRE(program.output().starts_with(prefix));
  const int port = std::stoi(program.output().substr(prefix.size()));
  CHECK(status_of(ask(port, "GET", "/")) == 200);
  CHECK(program.errors().find("warning") == std::string::npos);
  const auto names = [&] {
    return std::distance(std::filesystem::directory_iterator(sweep.folder().path()), {});
  };
  const auto before = names();
  program.signal(SIGINT);
  CHECK(program.wait() == 0);
  CHECK(names() == before);
}

TEST_CASE("radsweep serve warns when others can reach it") {
  test::SampleSweep sweep(two_runs(Fate::failed));
  test::TempDir folder;
  test::Process program(
      RADSWEEP_PROGRAM,
      {"serve", sweep.folder().path().string(), "--host", "0.0.0.0", "--port", "0"}, folder.path(),
      "serve", {});
  REQUIRE(test::eventually([&] { return !program.output().empty(); }));
  CHECK(program.errors().find("can read this sweep's results") != std::string::npos);
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
}
