#include "orchestrator/examples/jpeg_uri.h"

#include <openssl/evp.h>
#include <turbojpeg.h>

#include <memory>
#include <type_traits>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

constexpr int kQuality = 80;  // a radiograph of 480 px takes 20 to 30 kB

}  // namespace

std::string jpeg_uri(const std::string& pixels, int side) {
  const std::unique_ptr<std::remove_pointer_t<tjhandle>, int (*)(tjhandle)> coder(tjInitCompress(),
                                                                                  tjDestroy);
  ensure(coder != nullptr, "turbojpeg cannot start");
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int failed =
      tjCompress2(coder.get(), reinterpret_cast<const unsigned char*>(pixels.data()), side, 0, side,
                  TJPF_GRAY, &bytes, &size, TJSAMP_GRAY, kQuality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  ensure(failed == 0, "turbojpeg cannot encode");
  std::string text((size + 2) / 3 * 4 + 1, '\0');  // and the zero that EVP_EncodeBlock writes
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  text.pop_back();
  return "data:image/jpeg;base64," + text;
}

}  // namespace radsweep::orchestrator
