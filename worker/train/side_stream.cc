#include "worker/train/side_stream.h"

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "worker/kernels/cuda/stream.h"

namespace radsweep::train {
namespace {

class PooledStream : public SideStream {
 public:
  explicit PooledStream(c10::Device device)
      : device_(device),
        stream_(c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device)),
        begun_(device.type()),
        ended_(device.type()) {}

  void* handle() override { return kernels::cuda::handle_of(stream_); }
  void follow() override {
    begun_.record(kernels::cuda::current_stream(device_));
    begun_.block(stream_);
  }
  void join() override {
    ended_.record(stream_);
    ended_.block(kernels::cuda::current_stream(device_));
  }

 private:
  c10::Device device_;
  c10::Stream stream_;
  c10::Event begun_, ended_;
};

}  // namespace

std::unique_ptr<SideStream> make_side_stream(c10::Device device) {
  return std::make_unique<PooledStream>(device);
}

}  // namespace radsweep::train
