#include "worker/train/device_notes.h"

#include "worker/model/bf16_layers.h"

namespace radsweep::train {
namespace {

// Who chose a precision for its speed should hear where there is none.
bool lacks_instructions(const std::string& precision, c10::Device device) {
  if (precision == "fp32") return false;
  if (precision == "tf32" && device.is_cpu()) return true;
  // the GPUs that multiply bf16 are those that multiply TF32
  return !model::multiplies_bf16(device);
}

}  // namespace

std::vector<std::string> device_notes(const attempt::Spec& spec, const ComputeDevice& device) {
  std::vector<std::string> notes;
  const std::string& precision = spec.recipe.precision;
  if (lacks_instructions(precision, device.device)) {
    notes.push_back(
        "precision: " + precision + " without instructions for it (" + device.description + "): " +
        (precision == "tf32" ? "the run is one of fp32"
                             : "the run takes less memory, but no less time than fp32"));
  }
  if (spec.cuda_graphs && device.device.is_cpu()) {
    notes.push_back("cuda_graphs: true without a GPU has no effect");
  }
  return notes;
}

}  // namespace radsweep::train
