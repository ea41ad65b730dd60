// Files of weights from elsewhere: safetensors, torch.save's zip and legacy files. What is read is
// also converted, as an import would.
#include "tests/fuzz/fuzz_input.h"
#include "worker/model/import/import_weights.h"
#include "worker/model/import/weights_source.h"

using namespace radsweep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::may_refuse([&] {
    for (const auto& tensor : model::read_weights_source(bytes, "weights").tensors) {
      fuzz::expect(model::element_count(tensor, "weights") <= size,
                   "a tensor is no larger than its file");
      fuzz::may_refuse([&] { model::values_of(tensor, "weights"); });
    }
  });
  static const fuzz::Folder folder;
  static const std::vector<attempt::Architecture> candidates = {{"tiny", 2, {1, 1}, 4, 2}};
  const auto source = folder.write("weights.pth", bytes);
  fuzz::may_refuse([&] { model::import_weights(source, folder.path() / "target", candidates); });
  return 0;
}
