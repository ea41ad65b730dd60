#include "db/backup.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::db {

namespace fs = std::filesystem;

namespace {

void sync_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_error("open", path.string(), errno);
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed) throw system_error("write to the disk", path.string(), failed);
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// The copy while it is made. A disk that became full over it gets its room back: everything else
// waits for that.
class Unfinished {
 public:
  explicit Unfinished(fs::path file) : file_(std::move(file)) {
    remove_unfinished(file_);  // of a crash; VACUUM INTO wants a new file
  }
  ~Unfinished() { remove_unfinished(file_); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  const fs::path& file() const { return file_; }

  static void remove_unfinished(const fs::path& file) {
    std::error_code absent;
    fs::remove(file, absent);
    fs::remove(file.string() + "-journal", absent);
  }

 private:
  fs::path file_;
};

fs::path unfinished_of(const fs::path& copy) {
  return copy.string() + ".unfinished";
}

// For sh: in single quotes when anything but plain characters is in it.
std::string quoted(const std::string& word) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/+,@%";
  if (word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// "2026-11-25 07:00:12 UTC"
std::string age_text(const fs::path& file) {
  const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file);
  const auto written = std::chrono::system_clock::now() -
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(written);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc));
}

}  // namespace

fs::path backup_of(const fs::path& path) {
  return path.string() + ".backup";
}

void back_up(SQLite::Database& connection, const fs::path& copy) {
  const Unfinished unfinished(unfinished_of(copy));
  SQLite::Statement vacuum(connection, "VACUUM INTO ?1");
  vacuum.bind(1, unfinished.file().string());
  vacuum.exec();
  sync_file(unfinished.file());  // VACUUM INTO leaves that to us
  fs::rename(unfinished.file(), copy);
  sync_directory(folder_of(copy));
}

void forget_unfinished_backup(const fs::path& path) {
  Unfinished::remove_unfinished(unfinished_of(backup_of(path)));
}

std::string how_to_restore(const fs::path& path) {
  const fs::path backup = backup_of(path);
  std::error_code absent;
  if (!fs::exists(backup, absent)) {
    return "there is no backup; keep the file and save what can be read: sqlite3 " +
           quoted(path.string()) + " .recover";
  }
  const std::string name = quoted(path.string());
  const std::string aside = quoted(path.string() + ".damaged");
  // The log of the damaged file must not be played into the copy.
  return "restore the backup of " + age_text(backup) +
         ", then run the same command again, which "
         "takes in what was finished since:\n       mkdir -p " +
         aside + "; mv -f " + name + " " + name + "-* " + aside + "/ 2>/dev/null; cp " +
         quoted(backup.string()) + " " + name;
}

}  // namespace radsweep::db
