#include "orchestrator/change_runs.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "db/query.h"
#include "orchestrator/run_names.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/unowned_store.h"

namespace radsweep::orchestrator {
namespace {

constexpr double kGrace_s = 120;

Answer change_directly(const Store& store, const StoreLock& lock, const Request& request) {
  Answer answer;
  stop_workers(
      store, lock, kGrace_s,
      [&](db::RunQueue& queue) {
        for (const std::string& run : request.runs) {
          answer.push_back(request.verb == RequestVerb::cancel ? queue.cancel(run, request.by)
                                                               : queue.retry(run, request.by));
        }
      },
      [&request](const db::OpenAttempt& open) {
        return request.verb == RequestVerb::cancel &&
               std::count(request.runs.begin(), request.runs.end(), open.name) > 0;
      });
  return answer;
}

std::string user_name() {
  const passwd* user = ::getpwuid(::geteuid());
  return user ? user->pw_name : "user " + std::to_string(::geteuid());
}

std::vector<std::string> failed_runs(db::Database& database) {
  std::vector<std::string> names;
  const db::Table table = db::query(
      database, "SELECT run_id FROM runs WHERE current = 1 AND state = 'failed' ORDER BY run_id");
  for (const auto& row : table.rows) names.push_back(std::get<std::string>(row[0]));
  return names;
}

// An owner that is busy for hours, making images, looks at requests only afterwards.
void say_who_is_waited_for(const Store& store) {
  const StoreOwner owner = probe_store_lock(store);
  std::cerr << "radsweep: waiting for the orchestrator"
            << (owner.process ? " (process " + std::to_string(owner.process->pid) + ")" : "")
            << ": it answers once its data is ready and it can write its database\n";
}

// Either somebody owns the store and answers, or we own it; ownership may change in between.
Answer change(const Store& store, const Request& request) {
  while (true) {
    if (const auto lock = StoreLock::try_take(store)) {
      return change_directly(store, *lock, request);
    }
    if (auto answer = ask_owner(store, request, [&] { say_who_is_waited_for(store); }))
      return *std::move(answer);
  }
}

}  // namespace

int change_runs(const Store& store, RequestVerb verb, const std::vector<std::string>& typed) {
  Request request{verb, {}, user_name()};
  {
    db::Database database = db::Database::open_for_reading(store.database());
    const std::vector<std::string> known = run_names(database);
    for (const std::string& word : typed) request.runs.push_back(resolve_run(known, word));
    if (typed.empty() && verb == RequestVerb::retry) request.runs = failed_runs(database);
  }
  if (request.runs.empty())
    std::cerr << "radsweep: no run of " << store.root().string() << " has failed\n";
  const Answer answer = request.runs.empty() ? Answer{} : change(store, request);
  int refused = 0;
  const char* done = verb == RequestVerb::cancel ? "cancelled" : "will be run again";
  for (std::size_t i = 0; i < request.runs.size(); ++i) {
    refused += answer[i] ? 1 : 0;
    std::cerr << "radsweep: " << answer[i].value_or(request.runs[i] + ": " + done) << '\n';
  }
  return refused;
}

}  // namespace radsweep::orchestrator
