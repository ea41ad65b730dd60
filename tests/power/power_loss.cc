#include "tests/power/power_loss.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>

#include "base/durable_file.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kSector = 512;

// A write, or a truncation when `data` is empty.
struct Change {
  std::uint64_t offset = 0;
  const std::string* data = nullptr;
};

struct File {
  std::string synced;
  std::vector<Change> since;
};
using FilePointer = std::shared_ptr<File>;

// nullptr: a folder.
using Names = std::map<std::string, FilePointer>;

// One change of names, with the file that it was about.
struct Renaming {
  DiskOp op = DiskOp::create;
  std::string name, second;
  FilePointer file;
};

std::string parent_of(const std::string& name) {
  return fs::path(name).parent_path().string();
}

bool is_below(const std::string& name, const std::string& folder) {
  return name == folder || name.starts_with(folder + "/");
}

// A renamed folder takes along what is in it.
void rename(Names& names, const Renaming& change) {
  Names moved;
  for (auto at = names.begin(); at != names.end();) {
    if (is_below(at->first, change.name)) {
      moved[change.second + at->first.substr(change.name.size())] = at->second;
      at = names.erase(at);
    } else {
      ++at;
    }
  }
  // Of a file whose first name never reached the disk, the second one may.
  if (moved.empty()) moved[change.second] = change.file;
  names.merge(moved);
  for (auto& [name, file] : moved) names[name] = file;  // replaced
}

void carry_out(Names& names, const Renaming& change) {
  switch (change.op) {
    case DiskOp::create:
    case DiskOp::make_folder:
      names[change.name] = change.file;
      break;
    case DiskOp::remove:
      names.erase(change.name);
      break;
    case DiskOp::rename:
      rename(names, change);
      break;
    default:
      throw std::logic_error("no change of names");
  }
}

// The folder while the steps are played: what is durable, and what is not yet.
class Disk {
 public:
  void play(const DiskStep& step) {
    const DiskRecord& record = step.record;
    switch (record.op) {
      case DiskOp::create:
        rename_now({record.op, step.name, "", file_[record.file] = std::make_shared<File>()});
        break;
      case DiskOp::make_folder:
      case DiskOp::remove:
        rename_now({record.op, step.name, "", nullptr});
        break;
      case DiskOp::rename:
        rename_now({record.op, step.name, step.data, current_[step.name]});
        break;
      case DiskOp::write:
      case DiskOp::truncate:
        if (const auto known = file_.find(record.file); known != file_.end()) {
          known->second->since.push_back(
              {record.offset, record.op == DiskOp::write ? &step.data : nullptr});
        }
        break;
      case DiskOp::sync_file:
        sync_file(record.file);
        break;
      case DiskOp::sync_folder:
        sync_folder(step.name);
        break;
    }
  }

  // Every file and folder (no content) that the disk holds.
  std::map<std::string, std::optional<std::string>> image(Unsynced unsynced,
                                                          std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const auto kept = [&] {
      return unsynced == Unsynced::written || (unsynced == Unsynced::drawn && random() % 2 == 0);
    };
    Names names = durable_;
    for (const Renaming& change : pending_) {
      if (kept()) carry_out(names, change);
    }
    std::map<std::string, std::optional<std::string>> image;
    for (const auto& [name, file] : names) {
      image[name] = file ? std::optional(content(*file, unsynced, random)) : std::nullopt;
    }
    return image;
  }

 private:
  void rename_now(Renaming change) {
    carry_out(current_, change);
    pending_.push_back(std::move(change));
  }

  static void write(std::string& content, std::uint64_t offset, std::string_view data) {
    if (content.size() < offset + data.size()) content.resize(offset + data.size(), '\0');
    content.replace(offset, data.size(), data);
  }

  static void change(std::string& content, const Change& change) {
    if (change.data) {
      write(content, change.offset, *change.data);
    } else {
      content.resize(change.offset, '\0');
    }
  }

  // Sector by sector: kept, lost, or (a file that grew before its bytes came) zero.
  static void tear(std::string& content, const Change& torn, std::mt19937_64& random) {
    std::string_view rest = *torn.data;
    for (std::uint64_t at = torn.offset; !rest.empty();) {
      const std::size_t size = std::min(rest.size(), kSector - at % kSector);
      switch (random() % 4) {
        case 0:
          break;
        case 1:
          if (at >= content.size()) write(content, at, std::string(size, '\0'));
          break;
        default:
          write(content, at, rest.substr(0, size));
      }
      rest.remove_prefix(size);
      at += size;
    }
  }

  static std::string content(const File& file, Unsynced unsynced, std::mt19937_64& random) {
    std::string content = file.synced;
    if (unsynced == Unsynced::lost) return content;
    for (const Change& one : file.since) {
      if (unsynced == Unsynced::written) {
        change(content, one);
      } else if (one.data) {
        tear(content, one, random);
      } else if (random() % 2 == 0) {
        change(content, one);
      }
    }
    return content;
  }

  void sync_file(std::uint64_t number) {
    const auto known = file_.find(number);
    if (known == file_.end()) return;
    for (const Change& one : known->second->since) change(known->second->synced, one);
    known->second->since.clear();
  }

  void sync_folder(const std::string& folder) {
    std::vector<Renaming> later;
    for (Renaming& change : pending_) {
      const bool here = parent_of(change.name) == folder ||
                        (change.op == DiskOp::rename && parent_of(change.second) == folder);
      if (here) {
        carry_out(durable_, change);
      } else {
        later.push_back(std::move(change));
      }
    }
    pending_ = std::move(later);
  }

  std::map<std::uint64_t, FilePointer> file_;  // by inode number, the newest of each
  Names current_, durable_;
  std::vector<Renaming> pending_;
};

}  // namespace

std::vector<DiskStep> read_disk_log(const fs::path& log) {
  const std::string bytes = read_file(log);
  std::vector<DiskStep> steps;
  for (std::size_t at = 0; at < bytes.size();) {
    DiskStep step;
    std::memcpy(&step.record, bytes.data() + at, sizeof step.record);
    at += sizeof step.record;
    step.name = bytes.substr(at, step.record.name_bytes);
    at += step.record.name_bytes;
    step.data = bytes.substr(at, step.record.data_bytes);
    at += step.record.data_bytes;
    steps.push_back(std::move(step));
  }
  return steps;
}

void build_disk_image(const std::vector<DiskStep>& log, std::size_t steps, Unsynced unsynced,
                      std::uint64_t seed, const fs::path& target) {
  Disk disk;
  for (std::size_t i = 0; i < steps; ++i) disk.play(log.at(i));
  fs::create_directory(target);
  for (const auto& [name, content] : disk.image(unsynced, seed)) {
    const fs::path path = target / name;
    // What is in a folder whose own name was lost is lost with it.
    if (!fs::is_directory(path.parent_path())) continue;
    if (content) {
      std::ofstream(path, std::ios::binary) << *content;
    } else {
      fs::create_directory(path);
    }
  }
}

}  // namespace radsweep::test
