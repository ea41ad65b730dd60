// Which names of this server a request may use.
#pragma once

#include <string>

namespace radsweep::orchestrator {

// Whether `host`, the Host header of a request ("name", "name:port", "[address]:port"), is an
// address, "localhost" or `own_name`. A page of somebody else whose name was made to lead here
// (DNS rebinding) sends that name.
bool is_trusted_host(const std::string& host, const std::string& own_name);

}  // namespace radsweep::orchestrator
