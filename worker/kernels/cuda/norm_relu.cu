// Batch normalisation and ReLU of floats, each in one pass over the maps. The text is embedded in the
// program and compiled at run time by NVRTC; a test compiles it as C++ and runs it on the CPU. So:
// no headers, no templates among the kernels, barriers only where all threads come.
//
// Every kernel has the same shape. A block is 32 x 8 threads, and a warp reads 128 adjacent bytes:
//   channels last   32 channels of 8 pixels at a time
//   planes          256 pixels of one channel at a time (channels first)
// Block (x, y) takes the x-th channel, or 32 channels, of the y-th part of all pixels. A thread
// stays with one channel and keeps what it needs of the norm in registers. The parts depend on the
// shape and the order of the maps alone and are summed in a fixed order, so results are the same
// bits every time.
//
// Bytes moved for each value of the maps, and multiply-adds (a card has 15 to 30 for each byte
// moved, so that memory is the limit):
//   channel_moments      4: read                         3
//   norm_relu            8: read, write                  1
//   norm_relu_backward  12: 2 reads, write; 16 with add  4
//   through_moments     12: 2 reads, write               2
// A part is 128 pixels or more, of planes 4096: its sums (8 or 12 bytes a channel) add below 3%.
// Fewer pixels are one part.

using Index = long long;

constexpr int kWidth = 32;  // of a block
constexpr int kHeight = 8;
constexpr int kBatch = 4;  // pixels a thread loads before it uses the first: loads in flight

struct Spot {
  int image, pixel;
};

// Layouts as in norm_relu.cc. Places are 32 bits: wider ones take up to twice the registers.
struct Maps {
  float* data;
  unsigned image_stride, pixel_stride, channel_stride;  // in values
  int images, pixels, channels;                         // pixels of an image
  bool planes;

  __device__ float& at(Spot spot, int channel) const {
    return data[spot.image * image_stride + spot.pixel * pixel_stride + channel * channel_stride];
  }
};

struct Norm {
  const float *mean, *scale, *shift;
};

// A norm's channel as scale * x + shift.
struct Affine {
  float scale, shift, mean;

  // With one rounding wherever it is needed, so that both passes agree on which values are active.
  __device__ float operator()(float x) const { return fmaf(x, scale, shift); }
};

// Of some of a channel's values.
struct Sums {
  float gradient, centred;

  template <typename Group>
  __device__ static Sums joined(int count, Group group) {
    Sums all = {0, 0};
    for (int i = 0; i < count; ++i) {
      all.gradient += group(i).gradient;
      all.centred += group(i).centred;
    }
    return all;
  }
};

// Of some of a channel's values; squares: of their distances from the mean.
struct Moments {
  float count, mean, squares;

  // Several groups of values as one, after Chan, Golub and LeVeque. Means are summed around the
  // first of them: nothing is lost to a mean far from zero.
  template <typename Group>
  __device__ static Moments joined(int groups, Group group) {
    if (groups <= 0) return {0, 0, 0};
    const float around = group(0).mean;
    float count = 0, sum = 0, squares = 0;
#pragma unroll 1  // unrolled they take registers from the passes over the maps
    for (int i = 0; i < groups; ++i) {
      const Moments part = group(i);
      count += part.count;
      sum += part.count * (part.mean - around);
    }
    const float mean = count > 0 ? around + sum / count : 0;
#pragma unroll 1
    for (int i = 0; i < groups; ++i) {
      const Moments part = group(i);
      const float distance = part.mean - mean;
      squares += part.squares + part.count * distance * distance;
    }
    return {count, mean, squares};
  }
};

// What a thread works on.
struct Place {
  int channel;  // the last one for threads beside the maps
  Spot first;
  int count;    // of spots; none for threads beside the maps
  Spot step;    // from one spot to the next
  int pixels;   // of an image
  bool planes;  // the whole block has this channel, otherwise a column of threads
  bool speaks;  // for all of them

  __device__ Spot after(Spot spot) const {
    const Spot next = {spot.image + step.image, spot.pixel + step.pixel};
    return next.pixel < pixels ? next : Spot{next.image + 1, next.pixel - pixels};
  }
};

__device__ Place place_in(int images, int pixels, int channels, bool planes) {
  const int row = threadIdx.y, column = threadIdx.x;
  const int lane = planes ? row * kWidth + column : row;
  const int lanes = planes ? kWidth * kHeight : kHeight;
  const int channel = planes ? int(blockIdx.x) : int(blockIdx.x) * kWidth + column;
  const bool beside = channel >= channels;
  const Index all = Index(images) * pixels;
  const int first = int(all * blockIdx.y / gridDim.y) + lane;
  const int end = int(all * (blockIdx.y + 1) / gridDim.y);
  return {beside ? channels - 1 : channel,
          {first / pixels, first % pixels},
          beside || first >= end ? 0 : (end - first + lanes - 1) / lanes,
          {lanes / pixels, lanes % pixels},
          pixels,
          planes,
          !beside && lane == 0};
}

__device__ Place place_in(const Maps& maps) {
  return place_in(maps.images, maps.pixels, maps.channels, maps.planes);
}

__device__ Affine affine(const Norm& norm, int channel) {
  return {norm.scale[channel], norm.shift[channel], norm.mean[channel]};
}

// use(spot, load(spot)) for the thread's spots.
template <typename Load, typename Use>
__device__ void for_each_spot(const Place& place, Load load, Use use) {
  Spot spot = place.first;
  int left = place.count;
  for (; left >= kBatch; left -= kBatch) {
    Spot spots[kBatch];
    decltype(load(spot)) loaded[kBatch];
#pragma unroll
    for (int i = 0; i < kBatch; ++i) {
      spots[i] = spot;
      loaded[i] = load(spot);
      spot = place.after(spot);
    }
#pragma unroll
    for (int i = 0; i < kBatch; ++i) use(spots[i], loaded[i]);
  }
  for (; left > 0; --left) {
    use(spot, load(spot));
    spot = place.after(spot);
  }
}

// What all threads with this one's channel have, joined.
template <typename T>
__device__ T over_threads(const Place& place, const T& own) {
  __shared__ T threads[kHeight][kWidth];
  threads[threadIdx.y][threadIdx.x] = own;
  __syncthreads();
  const auto of_row = [&](int row) { return threads[row][threadIdx.x]; };
  if (!place.planes) return T::joined(kHeight, of_row);
  if (threadIdx.y == 0) threads[0][threadIdx.x] = T::joined(kHeight, of_row);
  __syncthreads();
  return T::joined(kWidth, [&](int x) { return threads[0][x]; });
}

// parts: [parts of the pixels, channels]
extern "C" __global__ void channel_moments(Maps maps, Moments* parts) {
  const Place place = place_in(maps);
  // Sums around one of the thread's n values: squares then exceeds the sum of squares around the
  // mean at most n times, so the difference below loses no more than n roundings.
  const float around = place.count > 0 ? maps.at(place.first, place.channel) : 0;
  float sum = 0, squares = 0;
  for_each_spot(
      place, [&](Spot spot) { return maps.at(spot, place.channel); },
      [&](Spot, float value) {
        const float distance = value - around;
        sum += distance;
        squares = fmaf(distance, distance, squares);
      });
  const float count = float(place.count);
  const float offset = count > 0 ? sum / count : 0, left = squares - sum * offset;
  const Moments part =
      over_threads(place, Moments{count, around + offset, left < 0 ? 0 : left});  // NaN stays NaN
  if (place.speaks) parts[blockIdx.y * Index(maps.channels) + place.channel] = part;
}

extern "C" __global__ void joined_moments(const Moments* parts, int count, int channels,
                                          float* mean, float* variance) {
  const Place place = place_in(1, count, channels, false);
  const Moments all = over_threads(place, Moments::joined(place.count, [&](int i) {
    return parts[Index(place.first.pixel + i * kHeight) * channels + place.channel];
  }));
  if (!place.speaks) return;
  mean[place.channel] = all.mean;
  variance[place.channel] = all.squares / all.count;
}

extern "C" __global__ void norm_relu(Maps maps, Norm norm, Maps result) {
  const Place place = place_in(maps);
  const Affine normalised = affine(norm, place.channel);
  for_each_spot(
      place, [&](Spot spot) { return maps.at(spot, place.channel); },
      [&](Spot spot, float value) {
        const float y = normalised(value);
        result.at(spot, place.channel) = y <= 0 ? 0 : y;
      });
}

// `into` may be `gradient`. parts: [parts of the pixels, channels]
extern "C" __global__ void norm_relu_backward(Maps gradient, Maps maps, Norm norm, Maps into,
                                              bool add, Sums* parts) {
  struct Values {
    float gradient, value, before;
  };
  const Place place = place_in(maps);
  const Affine normalised = affine(norm, place.channel);
  Sums own = {0, 0};
  for_each_spot(
      place,
      [&](Spot spot) -> Values {
        return {gradient.at(spot, place.channel), maps.at(spot, place.channel),
                add ? into.at(spot, place.channel) : 0};
      },
      [&](Spot spot, const Values& at) {
        const float active = normalised(at.value) <= 0 ? 0 : at.gradient;
        own.gradient += active;
        own.centred = fmaf(active, at.value - normalised.mean, own.centred);
        into.at(spot, place.channel) = fmaf(normalised.scale, active, at.before);
      });
  const Sums part = over_threads(place, own);
  if (place.speaks) parts[blockIdx.y * Index(maps.channels) + place.channel] = part;
}

extern "C" __global__ void joined_sums(const Sums* parts, int count, int channels,
                                       const float* inverse_std, float* weight, float* bias) {
  const Place place = place_in(1, count, channels, false);
  const Sums all = over_threads(place, Sums::joined(place.count, [&](int i) {
    return parts[Index(place.first.pixel + i * kHeight) * channels + place.channel];
  }));
  if (!place.speaks) return;
  weight[place.channel] = all.centred * inverse_std[place.channel];
  bias[place.channel] = all.gradient;
}

extern "C" __global__ void through_moments(Maps gradient, Maps maps, const float* mean,
                                           const float* constant, const float* slope,
                                           Maps result) {
  struct Values {
    float gradient, value;
  };
  const Place place = place_in(maps);
  const float centre = mean[place.channel], c = constant[place.channel], s = slope[place.channel];
  for_each_spot(
      place,
      [&](Spot spot) -> Values {
        return {gradient.at(spot, place.channel), maps.at(spot, place.channel)};
      },
      [&](Spot spot, const Values& at) {
        result.at(spot, place.channel) = at.gradient - c - s * (at.value - centre);
      });
}
