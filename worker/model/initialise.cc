#include "worker/model/initialise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <string>

#include "base/counter_hash.h"
#include "base/error.h"
#include "worker/model/state.h"

namespace radsweep::model {
namespace {

void draw_kaiming_normal(NamedTensor& entry, std::uint64_t seed) {
  const auto fan_in = entry.value.numel() / entry.value.size(0);
  auto generator = at::make_generator<at::CPUGeneratorImpl>(
      counter_hash({seed, stream_word("initialise"), stream_word(entry.name)}));
  entry.value.normal_(0, std::sqrt(2.0 / static_cast<double>(fan_in)), generator);
}

}  // namespace

void initialise(StudyClassifier& model, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  for (NamedTensor& entry : state_of(*model)) {
    ensure(entry.value.is_cpu(), "initialise() needs a model on the CPU");
    const std::string& name = entry.name;
    if (entry.value.dim() > 1) {
      draw_kaiming_normal(entry, seed);
    } else if (name.ends_with(".bias")) {
      entry.value.fill_(name.starts_with("head.") ? HeadImpl::kInitialNormBias : 0.0);
    } else if (name.ends_with(".weight") || name.ends_with(".running_var")) {
      entry.value.fill_(1);
    } else {
      entry.value.zero_();
    }
  }
}

}  // namespace radsweep::model
