// JPEG files. The announced size is bounded by kMaxPixels; here inputs that announce more than a
// million are left out, since clearing their memory would take all the time.
#include <turbojpeg.h>

#include "tests/fuzz/fuzz_input.h"
#include "worker/data/jpeg.h"

using namespace radsweep;

namespace {

bool announces_much(const std::uint8_t* data, std::size_t size) {
  int width = 0, height = 0, subsampling = 0, colorspace = 0;
  tjhandle handle = tjInitDecompress();
  tjDecompressHeader3(handle, data, size, &width, &height, &subsampling, &colorspace);
  tjDestroy(handle);
  const std::int64_t pixels = std::int64_t{width} * height;
  return pixels > 1'000'000 && pixels <= data::kMaxPixels;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (announces_much(data, size)) return 0;
  static const fuzz::Folder folder;
  const auto file = folder.write("image.jpg", fuzz::text_of(data, size));
  fuzz::may_refuse([&] { data::inspect_jpeg_file(file); });
  fuzz::may_refuse([&] {
    const auto image = data::decode_jpeg(fuzz::text_of(data, size), "image.jpg");
    fuzz::expect(image.width > 0 && image.height > 0, "an image has pixels");
    fuzz::expect(image.pixels.size() ==
                     static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height),
                 "an image has as many pixels as it says");
  });
  return 0;
}
