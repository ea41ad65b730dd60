// Files that survive a kill or a power cut: either the old content is there or the new one.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace radsweep {

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

// fsync of a directory: makes created, renamed and removed names in it durable.
void sync_directory(const std::filesystem::path& directory);

// Whole content. nullopt when the file does not exist; throws Error(environment) otherwise.
std::optional<std::string> read_file_if_exists(const std::filesystem::path& path);
// Whole content; throws Error(environment) when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Appends to one file; every append is one write(2) and, when asked, one fdatasync(2).
// Created if missing. Move-only owner of the descriptor.
class AppendFile {
 public:
  explicit AppendFile(const std::filesystem::path& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view bytes, Durability durability);

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace radsweep
