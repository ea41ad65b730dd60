#include "worker/data/jpeg.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::data {
namespace {

struct HandleCloser {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, HandleCloser>;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Error bad_jpeg(const std::string& where, const std::string& why) {
  return Error(ExitCode::environment, "decode", where, why);
}

// A pipe or a device would be read for ever.
void require_file(const std::filesystem::path& path) {
  std::error_code unknown;  // opening it will say why
  const auto type = std::filesystem::status(path, unknown).type();
  if (type == std::filesystem::file_type::regular ||
      type == std::filesystem::file_type::not_found || type == std::filesystem::file_type::none) {
    return;
  }
  throw bad_jpeg(path.string(), "this is not a regular file");
}

// libjpeg's warnings that leave every pixel as it was. The others tell of lost image data.
bool is_harmless(std::string_view warning) {
  return warning.find("extraneous bytes before marker") != std::string_view::npos ||
         warning.find("unknown JFIF revision") != std::string_view::npos ||
         warning.find("Unknown Adobe color transform") != std::string_view::npos;
}

// Whether the call that just failed did no more than warn of something harmless.
bool warned_harmlessly(const Handle& handle) {
  return tjGetErrorCode(handle.get()) == TJERR_WARNING && is_harmless(tjGetErrorStr2(handle.get()));
}

struct Header {
  int width = 0, height = 0, subsampling = 0, colorspace = 0;
};

Header read_header(const Handle& handle, std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw bad_jpeg(where, "the file is empty");
  if (!bytes.starts_with("\xFF\xD8")) {
    const bool png = bytes.starts_with("\x89PNG");
    throw bad_jpeg(where, png ? "this is a PNG file, not a JPEG" : "this is not a JPEG file");
  }
  Header header;
  if (tjDecompressHeader3(handle.get(), data_of(bytes), bytes.size(), &header.width, &header.height,
                          &header.subsampling, &header.colorspace) != 0 &&
      !warned_harmlessly(handle)) {
    throw bad_jpeg(where, tjGetErrorStr2(handle.get()));
  }
  if (std::int64_t{header.width} * header.height > kMaxPixels) {
    throw bad_jpeg(where, "its header announces " + std::to_string(header.width) + " x " +
                              std::to_string(header.height) + " pixels, more than the " +
                              std::to_string(kMaxPixels) + " that Pillow accepts");
  }
  if (header.colorspace == TJCS_CMYK || header.colorspace == TJCS_YCCK) {
    throw bad_jpeg(where, "it has four colour channels (CMYK); save it as grey or RGB");
  }
  return header;
}

void decode_pixels(const Handle& handle, std::string_view bytes, const Header& header, int format,
                   std::vector<std::uint8_t>& pixels, const std::string& where) {
  pixels.resize(static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height) *
                static_cast<std::size_t>(tjPixelSize[format]));
  const auto decode = [&](int flags) {
    return tjDecompress2(handle.get(), data_of(bytes), bytes.size(), pixels.data(), header.width, 0,
                         header.height, format, TJFLAG_ACCURATEDCT | flags) == 0;
  };
  if (decode(TJFLAG_STOPONWARNING)) return;
  // TurboJPEG keeps one warning only: so far the file's first one, after a full pass its last one.
  // What is lost between two harmless ones goes unnoticed.
  if (warned_harmlessly(handle) && (decode(0) || warned_harmlessly(handle))) return;
  throw bad_jpeg(where, tjGetErrorStr2(handle.get()));
}

// The first or last bytes of a file.
class FileEnds {
 public:
  explicit FileEnds(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw system_error("open", path.string(), errno);
    struct stat status {};
    if (::fstat(fd_, &status) == 0) size_ = status.st_size;
  }
  ~FileEnds() { ::close(fd_); }
  FileEnds(const FileEnds&) = delete;
  FileEnds& operator=(const FileEnds&) = delete;

  std::string first(std::size_t count) const { return read(0, count); }
  std::string last(std::size_t count) const {
    return read(std::max<off_t>(0, size_ - static_cast<off_t>(count)), count);
  }

 private:
  std::string read(off_t offset, std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const ssize_t n =
          ::pread(fd_, bytes.data() + got, count - got, offset + static_cast<off_t>(got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw system_error("read", path_.string(), errno);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  }

  std::filesystem::path path_;
  int fd_;
  off_t size_ = 0;
};

GreyImage decode_grey(const Handle& handle, std::string_view bytes, const Header& header,
                      const std::string& where) {
  GreyImage image{header.width, header.height, {}};
  if (header.colorspace == TJCS_GRAY) {
    decode_pixels(handle, bytes, header, TJPF_GRAY, image.pixels, where);
    return image;
  }
  std::vector<std::uint8_t> rgb;
  decode_pixels(handle, bytes, header, TJPF_RGB, rgb, where);
  image.pixels.resize(rgb.size() / 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const std::uint8_t* p = &rgb[3 * i];
    image.pixels[i] =
        static_cast<std::uint8_t>((19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 32768u) >> 16);
  }
  return image;
}

}  // namespace

GreyImage decode_jpeg(std::string_view bytes, const std::string& where) {
  const Handle handle(tjInitDecompress());
  ensure(handle != nullptr, "turbojpeg cannot start");
  const Header header = read_header(handle, bytes, where);
  try {
    return decode_grey(handle, bytes, header, where);
  } catch (const std::bad_alloc&) {
    throw bad_jpeg(where, "there is not enough memory for its " + std::to_string(header.width) +
                              " x " + std::to_string(header.height) + " pixels");
  }
}

GreyImage decode_jpeg_file(const std::filesystem::path& path) {
  require_file(path);
  return decode_jpeg(read_file(path), path.string());
}

ImageSize inspect_jpeg_file(const std::filesystem::path& path) {
  require_file(path);
  const FileEnds file(path);
  const Handle handle(tjInitDecompress());
  ensure(handle != nullptr, "turbojpeg cannot start");
  // Enough for a header; large colour profiles and previews need the whole file.
  constexpr std::size_t kHeaderBytes = 1 << 14;
  Header header;
  try {
    header = read_header(handle, file.first(kHeaderBytes), path.string());
  } catch (const Error&) {
    header = read_header(handle, read_file(path), path.string());
  }
  // Compressed data never holds the end marker, so a file that was cut off has none near its end.
  // Some programs write more behind it; then only decoding tells.
  constexpr std::size_t kTailBytes = 512;
  if (file.last(kTailBytes).find("\xFF\xD9") == std::string::npos) {
    try {
      decode_jpeg_file(path);
    } catch (const Error&) {
      throw bad_jpeg(path.string(), "the file ends early (no end-of-image marker)");
    }
  }
  return {header.width, header.height};
}

std::string encode_grey_jpeg(const GreyImage& image, int quality) {
  const Handle handle(tjInitCompress());
  ensure(handle != nullptr, "turbojpeg cannot start");
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int failed =
      tjCompress2(handle.get(), image.pixels.data(), image.width, 0, image.height, TJPF_GRAY,
                  &bytes, &size, TJSAMP_GRAY, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  ensure(failed == 0, "turbojpeg cannot encode");
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace radsweep::data
