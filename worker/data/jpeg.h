// JPEG files by libjpeg-turbo, decoded exactly as Pillow does: accurate integer DCT, no scaling,
// no rotation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace radsweep::data {

struct GreyImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // [height, width]
};

// Pillow's limit (twice its MAX_IMAGE_PIXELS of 2^30 / 12): a header that announces more is taken
// for an attack or damage and refused before anything is allocated.
inline constexpr std::int64_t kMaxPixels = 178'956'970;

// Colour becomes (19595 R + 38470 G + 7471 B + 32768) >> 16, as in Pillow's convert("L"). Bytes
// that belong to nothing, between and behind the parts of a file, are passed over, as Pillow does.
// Throws Error(environment) naming `where` when the bytes are no JPEG, announce more than
// kMaxPixels, end early, or when image data is missing or damaged; there Pillow is laxer: it fills
// in grey unless the file ends early. Thread-safe.
GreyImage decode_jpeg(std::string_view bytes, const std::string& where);
GreyImage decode_jpeg_file(const std::filesystem::path& path);

// The cheap look: reads the header and the end of the file only, unless that end looks odd. Throws
// Error(environment) when the file is missing, is no JPEG, too large, or does not end as one (a
// copy that was cut off).
struct ImageSize {
  int width = 0, height = 0;
};
ImageSize inspect_jpeg_file(const std::filesystem::path& path);

// A grey baseline JPEG.
std::string encode_grey_jpeg(const GreyImage& image, int quality);

}  // namespace radsweep::data
