// Augments stored images, makes three channels of them and normalises these: a thread for every
// pixel of the result, in blocks of 32 x 8. Bit for bit what worker/data makes on a processor.
// Reads 4 bytes a pixel at most, writes 12.
#include "base/pixel_math.h"

// One image, with nothing but black around it.
struct StoredImage {
  const unsigned char* pixels;
  int height, width;

  __device__ int at(int row, int column) const {
    const bool inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? pixels[row * width + column] : 0;
  }
};

__device__ float moved(const StoredImage& image, const radsweep::pixel::Change& change, int row,
                       int column) {
  using namespace radsweep::pixel;
  const Point point = source_of(row_source(change, row), column);
  const double x = inside(point.x, image.width, change.outside),
               y = inside(point.y, image.height, change.outside);
  const int left = int(x + 1) - 1, top = int(y + 1) - 1;
  return blended(image.at(top, left), image.at(top, left + 1), image.at(top + 1, left),
                 image.at(top + 1, left + 1), float(x - left), float(y - top));
}

// pixels: [images, height, width]; rgb: [images, 3, height, width]. Block (x, y): part x of image y.
extern "C" __global__ void augment(const unsigned char* pixels,
                                   const radsweep::pixel::Change* changes, int height, int width,
                                   float* rgb) {
  const int size = height * width;
  const int place = (blockIdx.x * 8 + threadIdx.y) * 32 + threadIdx.x;
  if (place >= size) return;
  const radsweep::pixel::Change& change = changes[blockIdx.y];
  const StoredImage image = {pixels + (long long)(blockIdx.y) * size, height, width};
  const float stored = change.moves ? moved(image, change, place / width, place % width)
                                    : radsweep::pixel::scaled(image.pixels[place]);
  const float grey =
      change.bends ? radsweep::pixel::bent(stored, change.contrast, change.shift) : stored;
  float* const out = rgb + (long long)(blockIdx.y) * 3 * size + place;
  out[0] = radsweep::pixel::red_of(grey);
  out[size] = radsweep::pixel::green_of(grey);
  out[2 * size] = radsweep::pixel::blue_of(grey);
}
