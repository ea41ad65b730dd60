#include "worker/data/prepare_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <mutex>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "worker/data/dataset.h"
#include "worker/data/image_check.h"
#include "worker/data/jpeg.h"
#include "worker/data/lanczos_resize.h"
#include "worker/data/pack_file.h"
#include "worker/data/parallel_for.h"
#include "worker/data/problems.h"

namespace radsweep::data {
namespace {

namespace fs = std::filesystem;

fs::path problems_file(const fs::path& cache) {
  return cache / "bad-input.txt";
}

bool should_stop(const PrepareOptions& options) {
  return options.stop && *options.stop;
}

void throw_if_stopped(const PrepareOptions& options) {
  if (!should_stop(options)) return;
  throw Error(ExitCode::stopped, "finish", options.cache.string(), "it was interrupted",
              "run the same command again; it continues");
}

// Held while the cache is built, so that two preparations do not collide.
class CacheLock {
 public:
  explicit CacheLock(const PrepareOptions& options)
      : fd_(::open((options.cache / "prepare.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ < 0) throw system_error("lock", options.cache.string(), errno);
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    if (options.notice) options.notice("waiting for another preparation of this cache");
    while (::flock(fd_, LOCK_EX) != 0) {
      if (errno != EINTR) throw system_error("lock", options.cache.string(), errno);
      if (should_stop(options)) {
        ::close(fd_);
        throw_if_stopped(options);
      }
    }
  }
  ~CacheLock() { ::close(fd_); }
  CacheLock(const CacheLock&) = delete;
  CacheLock& operator=(const CacheLock&) = delete;

 private:
  int fd_;
};

// Of preparations that were killed; we hold the lock.
void remove_leftovers(const PrepareOptions& options) {
  remove_leftovers_of(index_file(options.cache));
  remove_leftovers_of(problems_file(options.cache));
  for (const int resolution : options.resolutions) {
    remove_leftovers_of(manifest_file(options.cache, resolution));
    remove_leftovers_of(journal_file(options.cache, resolution));
  }
}

// Counts images and tells options.progress, one thread at a time.
class ImageCounter {
 public:
  ImageCounter(const PrepareOptions& options, std::string doing, std::size_t done,
               std::size_t total)
      : options_(options), doing_(std::move(doing)), done_(done), total_(total) {
    tell();
  }
  void add_one() {
    const std::scoped_lock lock(mutex_);
    ++done_;
    tell();
  }

 private:
  void tell() const {
    if (options_.progress) options_.progress(doing_, done_, total_);
  }

  const PrepareOptions& options_;
  std::string doing_;
  std::mutex mutex_;
  std::size_t done_, total_;
};

// One preparation: what goes into the cache and which of its files are unfinished.
struct Work {
  const PrepareOptions& options;
  std::vector<NamedImage> images;
  CacheManifest common;  // all but the resolution's own fields
  std::deque<PackFile> packs;
  std::vector<std::size_t> pending;  // images that at least one pack lacks
};

void throw_problems(const PrepareOptions& options, const Problems& problems) {
  const fs::path list = problems_file(options.cache);
  if (problems.empty()) {
    std::error_code ignored;
    fs::remove(list, ignored);
    return;
  }
  replace_file(list, problems.listing(kListAll) + "\n");
  problems.throw_if_any(options.root, kListedPerKind,
                        "correct these and run it again; all of them are in " + list.string());
}

void check_images(Work& work, std::span<const NamedImage> images, Problems& problems) {
  ImageCounter counter(work.options, "checking", 0, images.size());
  check_images(work.options.root, images, ImageCheckDepth::ends, work.options.threads, problems,
               [&](ImageSize) {
                 throw_if_stopped(work.options);
                 counter.add_one();
               });
}

void refuse_other_cache(const PrepareOptions& options, const CacheManifest& common,
                        const std::string& index) {
  const auto refuse = [&](const fs::path& file, const std::string& why) {
    throw Error(ExitCode::environment, "use the cache", options.cache.string(),
                file.filename().string() + " " + why,
                "name another --cache folder, or remove this one");
  };
  for (const int resolution : resolutions_of(options.cache)) {
    const auto manifest = read_manifest(options.cache, resolution);
    if (manifest && manifest->data_manifest != common.data_manifest) {
      refuse(manifest_file(options.cache, resolution), "is of other data or another label policy");
    }
  }
  const auto existing = read_file_if_exists(index_file(options.cache));
  if (existing && *existing != index) {
    refuse(index_file(options.cache), "names other images than this data and label policy");
  }
}

bool is_finished(const Work& work, int resolution) {
  const auto manifest = read_manifest(work.options.cache, resolution);
  if (!manifest || manifest->index_sha256 != work.common.index_sha256) return false;
  std::error_code missing;
  const auto side = static_cast<std::uintmax_t>(resolution);
  return fs::file_size(images_file(work.options.cache, resolution), missing) ==
         side * side * work.images.size();
}

void open_unfinished_packs(Work& work) {
  const std::string content = "radsweep image cache 1, data " + work.common.data_manifest +
                              ", index " + work.common.index_sha256;
  for (const int resolution : work.options.resolutions) {
    const bool is_open = std::ranges::any_of(
        work.packs, [&](const PackFile& pack) { return pack.resolution() == resolution; });
    if (is_open || is_finished(work, resolution)) continue;
    work.packs.emplace_back(work.options.cache, resolution, work.images.size(), content);
  }
  for (std::size_t i = 0; i < work.images.size(); ++i) {
    const bool lacking = std::ranges::any_of(
        work.packs, [&](const PackFile& pack) { return !pack.is_done(i / kChunkImages); });
    if (lacking) work.pending.push_back(i);
  }
}

void check_disk_space(const Work& work) {
  std::uintmax_t needed = 0;
  for (const auto& pack : work.packs) {
    const auto side = static_cast<std::uintmax_t>(pack.resolution());
    const std::uintmax_t whole = side * side * work.images.size();
    struct stat status {};
    std::uintmax_t there = 0;
    if (::stat(images_file(work.options.cache, pack.resolution()).c_str(), &status) == 0) {
      there = static_cast<std::uintmax_t>(status.st_blocks) * 512;
    }
    needed += whole - std::min(whole, there);
  }
  struct statvfs disk {};
  if (::statvfs(work.options.cache.c_str(), &disk) != 0) return;  // then write() will tell
  const std::uintmax_t available = std::uintmax_t{disk.f_bavail} * disk.f_frsize;
  if (needed <= available) return;
  const auto in_mb = [](std::uintmax_t bytes) { return std::to_string(bytes / 1000000) + " MB"; };
  throw Error(ExitCode::environment, "write the cache", work.options.cache.string(),
              "it needs " + in_mb(needed) + " more and the disk has " + in_mb(available),
              "free some space, or name a --cache folder on a larger disk");
}

// False when the image cannot be read, which is noted.
bool resize_into_packs(Work& work, std::size_t image, Problems& problems) {
  GreyImage source;
  try {
    source = decode_jpeg_file(work.options.root / work.images[image].path);
  } catch (const Error& error) {
    problems.add(image_problem(work.options.root, work.images[image], error.why()));
    return false;
  }
  for (auto& pack : work.packs) {
    if (pack.is_done(image / kChunkImages)) continue;
    const int side = pack.resolution();
    pack.put(image, lanczos_resize(source.pixels, source.width, source.height, side, side),
             source.width < side || source.height < side);
  }
  return true;
}

void finish_chunk(Work& work, std::size_t chunk) {
  for (auto& pack : work.packs) {
    if (!pack.is_done(chunk)) pack.finish_chunk(chunk);
  }
}

void resize_images(Work& work, Problems& problems) {
  std::vector<std::atomic<std::size_t>> lacking(chunks_of(work.images.size()));
  for (const std::size_t image : work.pending) ++lacking[image / kChunkImages];
  std::vector<std::atomic<bool>> spoiled(lacking.size());
  ImageCounter counter(work.options, "resizing", work.images.size() - work.pending.size(),
                       work.images.size());
  parallel_for(work.pending.size(), work.options.threads, [&](std::size_t i) {
    throw_if_stopped(work.options);
    const std::size_t image = work.pending[i];
    const std::size_t chunk = image / kChunkImages;
    if (!resize_into_packs(work, image, problems)) spoiled[chunk] = true;
    if (--lacking[chunk] == 0 && !spoiled[chunk]) finish_chunk(work, chunk);
    counter.add_one();
  });
}

void write_manifests(Work& work) {
  ImageCounter counter(work.options, "checksumming", 0, work.packs.size());
  parallel_for(work.packs.size(), work.options.threads, [&](std::size_t i) {
    throw_if_stopped(work.options);
    const PackFile& pack = work.packs[i];
    CacheManifest manifest = work.common;
    manifest.resolution = pack.resolution();
    manifest.images_sha256 = pack.sha256();
    manifest.upsampled_images = pack.upsampled_images();
    write_manifest(work.options.cache, manifest);
    counter.add_one();
  });
  throw_if_stopped(work.options);
}

// Also those whose preparation was killed after it had written the manifest.
void remove_journals(const PrepareOptions& options) {
  for (const int resolution : options.resolutions) {
    std::error_code ignored;  // it is harmless
    fs::remove(journal_file(options.cache, resolution), ignored);
  }
}

}  // namespace

std::vector<CacheManifest> prepare_cache(const PrepareOptions& options) {
  Problems problems;
  const Dataset dataset = load_dataset(options.root, options.labels, problems);
  Work work{options, named_images(dataset), {}, {}, {}};
  fs::create_directories(options.cache);
  const CacheLock lock(options);
  remove_leftovers(options);
  if (!problems.empty()) {
    check_images(work, work.images, problems);  // so that the list is complete
    throw_problems(options, problems);
  }

  const std::string index = index_text(dataset.images());
  work.common.images = work.images.size();
  work.common.data_manifest = attempt::data_manifest(options.root, options.labels);
  work.common.index_sha256 = sha256_hex(index);
  count_studies(dataset, work.common);
  refuse_other_cache(options, work.common, index);
  if (!fs::exists(index_file(options.cache))) replace_file(index_file(options.cache), index);

  open_unfinished_packs(work);
  check_disk_space(work);
  std::vector<NamedImage> pending;
  for (const std::size_t image : work.pending) pending.push_back(work.images[image]);
  if (!pending.empty()) check_images(work, pending, problems);
  throw_problems(options, problems);
  if (!pending.empty()) resize_images(work, problems);
  throw_problems(options, problems);
  if (!work.packs.empty()) write_manifests(work);
  remove_journals(options);

  std::vector<CacheManifest> manifests;
  for (const int resolution : options.resolutions) {
    auto manifest = read_manifest(options.cache, resolution);
    ensure(manifest.has_value(), "a manifest that was just written is missing");
    manifests.push_back(*std::move(manifest));
  }
  return manifests;
}

}  // namespace radsweep::data
