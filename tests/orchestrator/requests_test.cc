#include "orchestrator/requests.h"

#include <fstream>
#include <thread>

#include "orchestrator/store_lock.h"
#include "tests/support/temp_dir.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
namespace fs = std::filesystem;

TEST_CASE("a request reaches the owner and its answer comes back, run by run") {
  test::TempDir folder;
  const Store store(folder.path());
  const StoreLock lock = StoreLock::take(store);
  std::optional<Answer> answer;
  std::jthread asking([&] { answer = ask_owner(store, {RequestVerb::retry, {"a", "b"}, "eve"}); });
  Request seen;
  while (seen.runs.empty()) {
    answer_requests(store, [&seen](const Request& request) -> Answer {
      seen = request;
      return {std::nullopt, "it is done"};
    });
    std::this_thread::yield();
  }
  asking.join();
  CHECK(seen.verb == RequestVerb::retry);
  CHECK(seen.runs == std::vector<std::string>{"a", "b"});
  CHECK(seen.by == "eve");
  REQUIRE(answer.has_value());
  CHECK(*answer == Answer{std::nullopt, "it is done"});
  CHECK(fs::is_empty(store.requests()));
}

TEST_CASE("a request nobody answers is withdrawn when the store has no owner") {
  test::TempDir folder;
  const Store store(folder.path());
  CHECK_FALSE(ask_owner(store, {RequestVerb::cancel, {"a"}}).has_value());
  CHECK(fs::is_empty(store.requests()));
}

TEST_CASE("a file that is no request is removed and not obeyed") {
  test::TempDir folder;
  const Store store(folder.path());
  fs::create_directories(store.requests());
  const std::vector<std::string> texts = {R"({"verb":"destroy","runs":[]})",
                                          "not json",
                                          R"({"verb":5,"runs":["a"]})",
                                          R"({"verb":"cancel","runs":1})",
                                          R"({"verb":"cancel","runs":["a",7]})",
                                          R"({"verb":"cancel"})",
                                          "[]",
                                          ""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::ofstream(store.requests() / (std::to_string(i) + ".json")) << texts[i];
  }
  int obeyed = 0;
  answer_requests(store, [&obeyed](const Request&) {
    ++obeyed;
    return Answer{};
  });
  CHECK(obeyed == 0);
  CHECK(fs::is_empty(store.requests()));
}

TEST_CASE("an answer that nobody fetched is removed after an hour, a fresh one is kept") {
  test::TempDir folder;
  const Store store(folder.path());
  fs::create_directories(store.requests());
  for (const char* name : {"old.answer", "fresh.answer"}) {
    std::ofstream(store.requests() / name) << "[]";
  }
  const auto two_hours_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
  fs::last_write_time(store.requests() / "old.answer", two_hours_ago);
  answer_requests(store, [](const Request&) { return Answer{}; });
  CHECK_FALSE(fs::exists(store.requests() / "old.answer"));
  CHECK(fs::exists(store.requests() / "fresh.answer"));
}
