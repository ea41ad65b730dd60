// `radsweep sql`: whatever is asked, the database stays as it is, byte for byte.
#include "base/durable_file.h"
#include "db/query.h"
#include "db/run_queue.h"
#include "tests/fuzz/fuzz_input.h"

using namespace radsweep;

namespace {

// Questions that take for ever are the asker's business, and would only stop the fuzzer.
bool may_take_long(std::string_view sql) {
  std::string lower(sql);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const char* word :
       {"recursive", "with", "blob", "printf", "format", "join", ",", "glob", "like"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  static const auto path = folder.path() / "sweep.db";
  static db::Database database = db::Database::open_for_writing(path, db::JournalMode::truncate);
  static const std::string before = read_file(path);
  const std::string_view sql = fuzz::text_of(data, size);
  if (may_take_long(sql)) return 0;
  fuzz::may_refuse([&] { db::query(database, sql); });
  fuzz::expect(read_file(path) == before, "a query changes no byte of the database");
  fuzz::expect(std::distance(std::filesystem::directory_iterator(folder.path()), {}) <= 2,
               "a query makes no file");
  return 0;
}
