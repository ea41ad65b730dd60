#include "orchestrator/hindrance.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "orchestrator/report/escape.h"
#include "orchestrator/room.h"

namespace radsweep::orchestrator {
namespace {

// With less than this free a database cannot take a transaction.
constexpr double kRoomOfTransaction_bytes = 256 * 1024;

}  // namespace

void tell_hindrance(const Store& store, const std::string& text) {
  std::ofstream(store.hindrance(), std::ios::trunc) << text << '\n';
}

void forget_hindrance(const Store& store) {
  std::error_code absent;
  std::filesystem::remove(store.hindrance(), absent);
}

std::optional<std::string> hindrance_of(const Store& store) {
  std::ifstream file(store.hindrance());
  std::string text;
  if (std::getline(file, text) && !text.empty()) {
    return "the orchestrator waits: " + report::one_line(text);
  }
  return lack_of_room(store.root(), kRoomOfTransaction_bytes, "the database");
}

}  // namespace radsweep::orchestrator
