// From views to studies: a study is as suspicious as its most suspicious view.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace radsweep::model {

// view_logits [views], study_of_view [views] int64 in 0..studies-1, on one device -> [studies],
// the largest logit of each study; the gradient goes to the first of its largest views only.
// Every study needs a view. A study with a NaN becomes NaN. Ordinary tensor operations, no
// synchronisation with the device.
at::Tensor study_max(const at::Tensor& view_logits, const at::Tensor& study_of_view,
                     std::int64_t studies);

}  // namespace radsweep::model
