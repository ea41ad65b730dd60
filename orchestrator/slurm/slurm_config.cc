#include "orchestrator/slurm/slurm_config.h"

#include <cstdlib>
#include <sstream>

namespace radsweep::orchestrator::slurm {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

// "75", "75,80-82"; "(null)" names none.
std::set<int> codes_of(const std::string& text) {
  std::set<int> codes;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t dash = part.find('-');
    const int first = std::atoi(part.c_str());
    const int last = dash == std::string::npos ? first : std::atoi(part.c_str() + dash + 1);
    for (int code = first; code > 0 && code <= last && code < 256; ++code) codes.insert(code);
  }
  return codes;
}

}  // namespace

SlurmConfig parse_config(const std::string& text) {
  SlurmConfig config;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, equals));
    const std::string value = trimmed(line.substr(equals + 1));
    if (key == "SLURM_VERSION") config.version = value;
    if (key == "ClusterName") config.cluster = value;
    if (key == "MaxArraySize" && std::atoi(value.c_str()) > 0)
      config.max_array_size = std::atoi(value.c_str());
    if (key == "RequeueExit") config.requeue_exit = codes_of(value);
    if (key == "KillWait") config.kill_wait_s = std::atoi(value.c_str());  // "30 sec"
    if (key == "JobRequeue") config.requeues = value != "0";
    if (key == "PreemptMode") config.preempt_mode = value;
  }
  return config;
}

}  // namespace radsweep::orchestrator::slurm
