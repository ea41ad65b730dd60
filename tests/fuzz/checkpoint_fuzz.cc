// Checkpoint files, with the checksum put right so that what lies behind it is reached.
#include "base/hash.h"
#include "tests/fuzz/fuzz_input.h"
#include "worker/train/checkpoint.h"

using namespace radsweep;

namespace {

void read(const std::filesystem::path& file) {
  fuzz::may_refuse([&] {
    const train::CheckpointFile checkpoint(file);
    if (const auto* weight = checkpoint.find("weight")) {
      fuzz::expect(sha256_hex(weight->bytes).size() == 64, "a tensor's bytes can be read");
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::string bytes(fuzz::text_of(data, size));
  read(folder.write("last.ckpt", bytes));
  read(folder.write("last.ckpt", bytes + sha256_hex(bytes)));
  // the same as a header: magic and lengths put right too
  std::string whole = "RSWCKPT\n" + std::string("\1\0\0\0", 4);
  for (int byte = 0; byte < 8; ++byte) whole += static_cast<char>(size >> (8 * byte) & 0xff);
  whole += bytes + "0123456789abcdef";
  read(folder.write("last.ckpt", whole + sha256_hex(whole)));
  fuzz::may_refuse([&] {
    train::find_checkpoint(folder.path(), {}, std::string(64, 'a'), [](const std::string&) {});
  });
  return 0;
}
