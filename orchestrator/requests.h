// What other processes ask of the orchestrator that owns a store: small files in requests/,
// answered by a file beside them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store.h"

namespace radsweep::orchestrator {

enum class RequestVerb { cancel, retry };
const char* to_string(RequestVerb verb);

struct Request {
  RequestVerb verb = RequestVerb::cancel;
  std::vector<std::string> runs;  // full names
  std::string by = {};            // the user who asks; may be ""
};

// One per run of the request: why it could not be done; nothing when it was.
using Answer = std::vector<std::optional<std::string>>;

// The asking side: leaves the request and waits for the answer. nullopt when the owner went away
// (the store's lock fell free) before it answered; the request is withdrawn then.
// `patience`, if any, is called once when the answer takes longer than two seconds.
std::optional<Answer> ask_owner(const Store& store, const Request& request,
                                const std::function<void()>& patience = {});

// The owner's side: answers every request that lies there, oldest first; a file that is no
// request is removed. Leftovers of an earlier owner count as well. Answers that nobody fetched
// within an hour are removed.
void answer_requests(const Store& store, const std::function<Answer(const Request&)>& answer);

}  // namespace radsweep::orchestrator
