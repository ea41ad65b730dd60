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

// Colour becomes (19595 R + 38470 G + 7471 B + 32768) >> 16, as in Pillow's convert("L"). Throws
// Error(environment) naming `where` when the bytes are no JPEG, end early or are damaged in any
// way the decoder notices. Thread-safe.
GreyImage decode_jpeg(std::string_view bytes, const std::string& where);
GreyImage decode_jpeg_file(const std::filesystem::path& path);

// The cheap look: reads the header and the end of the file only. Throws Error(environment) when
// the file is missing, is no JPEG or does not end as one (a copy that was cut off).
struct ImageSize {
  int width = 0, height = 0;
};
ImageSize inspect_jpeg_file(const std::filesystem::path& path);

// A grey baseline JPEG.
std::string encode_grey_jpeg(const GreyImage& image, int quality);

}  // namespace radsweep::data
