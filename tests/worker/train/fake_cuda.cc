// A driver library with as many GPUs as FAKE_CUDA_GPUS says; more than nine means it is broken.
#include <cstdlib>
#include <cstring>

namespace {
int gpus() {
  const char* text = std::getenv("FAKE_CUDA_GPUS");
  return text ? std::atoi(text) : 0;
}
}  // namespace

extern "C" {
int cuInit(unsigned) {
  return gpus() > 9 ? 999 : 0;
}
int cuDeviceGetCount(int* count) {
  *count = gpus();
  return 0;
}
int cuDeviceGet(int* device, int index) {
  *device = index;
  return 0;
}
int cuDeviceGetUuid(unsigned char* uuid, int device) {
  for (int i = 0; i < 16; ++i) uuid[i] = static_cast<unsigned char>(16 * i + device);
  return 0;
}
int cuDeviceGetName(char* name, int length, int) {
  std::strncpy(name, "Fake P6000", static_cast<std::size_t>(length));
  return 0;
}
}
