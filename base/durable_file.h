// Files that survive a kill or a power cut: either the old content is there or the new one.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace radsweep {

class Error;

// Whether bytes must be on the disk (fsync) before we go on, or only whole for other readers.
enum class Durability { synced, atomic_only };

// Replaces `path` by `bytes`: temporary file in the same folder, write, fsync, rename, fsync the
// folder. On failure throws Error(environment), removes the temporary file and leaves the old
// content. `atomic_only` leaves out both fsyncs (beats: readers never see half a file).
void replace_file(const std::filesystem::path& path, std::string_view bytes,
                  Durability durability = Durability::synced);

// The same for large content: `write` is called once with a sink that appends bytes.
using ByteSink = std::function<void(std::string_view)>;
void replace_file(const std::filesystem::path& path,
                  const std::function<void(const ByteSink&)>& write);

// Removes what replace_file(path) left beside it when it was killed. Only for one who knows that
// nobody else is writing `path`: whoever holds its lock.
void remove_leftovers_of(const std::filesystem::path& path);

// Writes a file under a name that nobody else reads yet, for the caller to rename: content and
// name are on the disk when it returns. What was there before is overwritten. On failure throws
// Error(environment) and removes the file; a kill leaves half of it.
void write_file(const std::filesystem::path& path,
                const std::function<void(const ByteSink&)>& write);

// What std::filesystem throws, as an Error(environment): it concerns things outside us too.
Error as_error(const std::filesystem::filesystem_error& failure);

// Makes a folder and those above it that are missing, as mkdir does; their names are on the disk
// when it returns. Nothing when it is there. Throws Error(environment).
void create_folders(const std::filesystem::path& folder);

// fsync of a directory: makes created, renamed and removed names in it durable.
void sync_directory(const std::filesystem::path& directory);

// Whole content. nullopt when the file does not exist, or is one of /proc's whose process ended
// meanwhile; throws Error(environment) otherwise.
std::optional<std::string> read_file_if_exists(const std::filesystem::path& path);
// Whole content; throws Error(environment) when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Appends lines to one file; every append is one write(2) and, when asked, one fdatasync(2).
// Created if missing, its name on the disk when it is opened. A last line without its end, torn by
// a kill, is ended first, so that it spoils no other. Move-only owner of the descriptor; the only
// writer of the file.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // Whole lines. Throws Error(environment): the file is as it was when writing failed, and holds
  // the lines, perhaps not durably, when only syncing did.
  void append(std::string_view lines, Durability durability);

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace radsweep
