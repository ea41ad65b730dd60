#include "worker/data/cache_journal.h"

#include <optional>
#include <sstream>

#include "base/error.h"
#include "base/hash.h"

namespace radsweep::data {
namespace {

std::string line_of(const FinishedChunk& chunk) {
  std::ostringstream text;
  text << chunk.chunk << ' ' << chunk.crc << ' ' << chunk.upsampled;
  const std::uint32_t check = crc32_of(text.str());
  text << ' ' << check << '\n';
  return text.str();
}

std::optional<FinishedChunk> parse_line(const std::string& line) {
  FinishedChunk chunk;
  std::istringstream text(line);
  text >> chunk.chunk >> chunk.crc >> chunk.upsampled;
  if (!text || line_of(chunk) != line + "\n") return std::nullopt;
  return chunk;
}

}  // namespace

CacheJournal::CacheJournal(const std::filesystem::path& path, const std::string& content) {
  std::string good = content + "\n";
  if (const auto text = read_file_if_exists(path)) {
    std::istringstream lines(*text);
    std::string line;
    if (std::getline(lines, line) && line != content) {
      throw Error(ExitCode::environment, "continue", path.string(),
                  "it was begun for other data or another label policy",
                  "name another --cache folder, or remove this one");
    }
    while (std::getline(lines, line)) {
      const auto chunk = parse_line(line);
      if (!chunk) break;
      found_.push_back(*chunk);
      good += line + "\n";
    }
    if (*text != good) replace_file(path, good);
  } else {
    replace_file(path, good);
  }
  file_ = std::make_unique<AppendFile>(path);
}

void CacheJournal::add(const FinishedChunk& chunk) {
  const std::scoped_lock lock(mutex_);
  file_->append(line_of(chunk), Durability::synced);
}

}  // namespace radsweep::data
