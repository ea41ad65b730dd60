// Batch normalisation and ReLU of channels-last floats, each in one pass over the maps. The text is
// embedded in the program and compiled at run time by NVRTC; a test compiles it as C++ and runs it
// on the CPU. So: no headers, no templates among the kernels, barriers only where all threads come.
//
// Every kernel has the same shape. A block is 32 channels wide, so that a warp reads 128 adjacent
// bytes, and 8 rows high; block (x, y) takes 32 channels of the y-th part of the rows. A thread
// stays with one channel and keeps what it needs of the norm in registers. The parts depend on the
// shape of the maps alone and are summed in a fixed order, so results are the same bits every time.
//
// Bytes moved for each value of the maps, and multiply-adds (a card has 15 to 30 for each byte
// moved, so that memory is the limit):
//   channel_moments      4: read                         3
//   norm_relu            8: read, write                  1
//   norm_relu_backward  12: 2 reads, write; 16 with add  4
//   through_moments     12: 2 reads, write               2
// A part is 128 rows or more: its sums (8 or 12 bytes a channel) add below 3% to that.

using Index = long long;

constexpr int kChannels = 32;  // width and height of a block
constexpr int kLanes = 8;
constexpr int kBatch = 4;  // rows a thread loads before it uses the first: loads in flight

// Layouts as in norm_relu.cc.
struct Maps {
  float* data;
  Index rows, channels, stride;  // values from one row to the next

  __device__ float& at(Index row, Index channel) const { return data[row * stride + channel]; }
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

struct Sums {
  float gradient, centred;
};

// Of some of a channel's values; squares: of their distances from the mean.
struct Moments {
  float count, mean, squares;
};

// What a thread works on.
struct Place {
  Index channel;   // the last one for threads beside the maps
  Index row, end;  // row, row + kLanes, .. below end; none for threads beside the maps
  bool speaks;     // for all lanes of its channel

  __device__ Index rows() const { return row < end ? (end - row + kLanes - 1) / kLanes : 0; }
};

__device__ Place place_in(Index rows, Index channels) {
  const Index channel = Index(blockIdx.x) * kChannels + threadIdx.x;
  const bool beside = channel >= channels;
  const Index begin = rows * blockIdx.y / gridDim.y, end = rows * (blockIdx.y + 1) / gridDim.y;
  return {beside ? channels - 1 : channel, begin + threadIdx.y, beside ? begin : end,
          !beside && threadIdx.y == 0};
}

__device__ Affine affine(const Norm& norm, Index channel) {
  return {norm.scale[channel], norm.shift[channel], norm.mean[channel]};
}

// use(row, load(row)) for the thread's rows.
template <typename Load, typename Use>
__device__ void for_each_row(const Place& place, Load load, Use use) {
  Index row = place.row;
  for (; row + (kBatch - 1) * kLanes < place.end; row += kBatch * kLanes) {
    decltype(load(row)) loaded[kBatch];
#pragma unroll
    for (int i = 0; i < kBatch; ++i) loaded[i] = load(row + i * kLanes);
#pragma unroll
    for (int i = 0; i < kBatch; ++i) use(row + i * kLanes, loaded[i]);
  }
  for (; row < place.end; row += kLanes) use(row, load(row));
}

// The groups of values first, first + step, .. as one, after Chan, Golub and LeVeque. Means are
// summed around the first of them: nothing is lost to a mean far from zero.
template <typename Group>
__device__ Moments joined(Index first, Index end, Index step, Group group) {
  if (first >= end) return {0, 0, 0};
  const float around = group(first).mean;
  float count = 0, sum = 0, squares = 0;
  for (Index i = first; i < end; i += step) {
    const Moments part = group(i);
    count += part.count;
    sum += part.count * (part.mean - around);
  }
  const float mean = count > 0 ? around + sum / count : 0;
  for (Index i = first; i < end; i += step) {
    const Moments part = group(i);
    const float distance = part.mean - mean;
    squares += part.squares + part.count * distance * distance;
  }
  return {count, mean, squares};
}

__device__ Moments over_lanes(const Moments& own) {
  __shared__ Moments lanes[kLanes][kChannels];
  lanes[threadIdx.y][threadIdx.x] = own;
  __syncthreads();
  return joined(0, kLanes, 1, [&](Index lane) { return lanes[lane][threadIdx.x]; });
}

__device__ Sums over_lanes(const Sums& own) {
  __shared__ Sums lanes[kLanes][kChannels];
  lanes[threadIdx.y][threadIdx.x] = own;
  __syncthreads();
  Sums total = {0, 0};
  for (int lane = 0; lane < kLanes; ++lane) {
    total.gradient += lanes[lane][threadIdx.x].gradient;
    total.centred += lanes[lane][threadIdx.x].centred;
  }
  return total;
}

// parts: [parts of the rows, channels]
extern "C" __global__ void channel_moments(Maps maps, Moments* parts) {
  const Place place = place_in(maps.rows, maps.channels);
  // Sums around one of the thread's n values: squares then exceeds the sum of squares around the
  // mean at most n times, so the difference below loses no more than n roundings.
  const float around = place.row < place.end ? maps.at(place.row, place.channel) : 0;
  float sum = 0, squares = 0;
  for_each_row(
      place, [&](Index row) { return maps.at(row, place.channel); },
      [&](Index, float value) {
        const float distance = value - around;
        sum += distance;
        squares = fmaf(distance, distance, squares);
      });
  const float count = static_cast<float>(place.rows());
  const float offset = count > 0 ? sum / count : 0, left = squares - sum * offset;
  const Moments part = over_lanes({count, around + offset, left < 0 ? 0 : left});  // NaN stays NaN
  if (place.speaks) parts[blockIdx.y * maps.channels + place.channel] = part;
}

extern "C" __global__ void joined_moments(const Moments* parts, Index count, Index channels,
                                          float* mean, float* variance) {
  const Place place = place_in(count, channels);
  const Moments all = over_lanes(joined(place.row, place.end, kLanes, [&](Index part) {
    return parts[part * channels + place.channel];
  }));
  if (!place.speaks) return;
  mean[place.channel] = all.mean;
  variance[place.channel] = all.squares / all.count;
}

extern "C" __global__ void norm_relu(Maps maps, Norm norm, Maps result) {
  const Place place = place_in(maps.rows, maps.channels);
  const Affine normalised = affine(norm, place.channel);
  for_each_row(
      place, [&](Index row) { return maps.at(row, place.channel); },
      [&](Index row, float value) {
        const float y = normalised(value);
        result.at(row, place.channel) = y <= 0 ? 0 : y;
      });
}

// `into` may be `gradient`. parts: [parts of the rows, channels]
extern "C" __global__ void norm_relu_backward(Maps gradient, Maps maps, Norm norm, Maps into,
                                              bool add, Sums* parts) {
  struct Values {
    float gradient, value, before;
  };
  const Place place = place_in(maps.rows, maps.channels);
  const Affine normalised = affine(norm, place.channel);
  Sums own = {0, 0};
  for_each_row(
      place,
      [&](Index row) -> Values {
        return {gradient.at(row, place.channel), maps.at(row, place.channel),
                add ? into.at(row, place.channel) : 0};
      },
      [&](Index row, const Values& at) {
        const float active = normalised(at.value) <= 0 ? 0 : at.gradient;
        own.gradient += active;
        own.centred = fmaf(active, at.value - normalised.mean, own.centred);
        into.at(row, place.channel) = fmaf(normalised.scale, active, at.before);
      });
  const Sums part = over_lanes(own);
  if (place.speaks) parts[blockIdx.y * maps.channels + place.channel] = part;
}

extern "C" __global__ void joined_sums(const Sums* parts, Index count, Index channels,
                                       const float* inverse_std, float* weight, float* bias) {
  const Place place = place_in(count, channels);
  Sums own = {0, 0};
  for (Index part = place.row; part < place.end; part += kLanes) {
    own.gradient += parts[part * channels + place.channel].gradient;
    own.centred += parts[part * channels + place.channel].centred;
  }
  const Sums all = over_lanes(own);
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
  const Place place = place_in(maps.rows, maps.channels);
  const float centre = mean[place.channel], c = constant[place.channel], s = slope[place.channel];
  for_each_row(
      place,
      [&](Index row) -> Values {
        return {gradient.at(row, place.channel), maps.at(row, place.channel)};
      },
      [&](Index row, const Values& at) {
        result.at(row, place.channel) = at.gradient - c - s * (at.value - centre);
      });
}
