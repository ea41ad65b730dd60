#include "base/error.h"

#include <cstring>
#include <utility>

namespace radsweep {
namespace {

std::string compose(const std::string& doing, const std::string& where, const std::string& why,
                    const std::string& hint) {
  std::string text = "cannot " + doing;
  if (!where.empty()) text += " " + where;
  text += ": " + why;
  if (!hint.empty()) text += "\n  try: " + hint;
  return text;
}

}  // namespace

Error::Error(ExitCode code, std::string doing, std::string where, std::string why, std::string hint)
    : std::runtime_error(compose(doing, where, why, hint)),
      code_(code),
      doing_(std::move(doing)),
      where_(std::move(where)),
      why_(std::move(why)),
      hint_(std::move(hint)) {}

Error system_error(std::string doing, std::string where, int error_number, std::string hint) {
  return Error(ExitCode::environment, std::move(doing), std::move(where),
               std::strerror(error_number), std::move(hint));
}

void ensure(bool condition, const char* message) {
  if (!condition) throw Error(ExitCode::internal, "keep a promise of", "radsweep itself", message);
}

}  // namespace radsweep
