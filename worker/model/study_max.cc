#include "worker/model/study_max.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/max.h>

#include <limits>
#include <tuple>

namespace radsweep::model {

at::Tensor study_max(const at::Tensor& view_logits, const at::Tensor& study_of_view,
                     std::int64_t studies) {
  if (studies == 0) return view_logits;  // a rank without a study
  // A dense [studies, views] table: tens of rows and columns, and max(dim) gives the first index
  // on ties where scatter reductions share the gradient among them.
  const at::Tensor study = at::arange(studies, study_of_view.options()).unsqueeze(1);
  const at::Tensor scores = view_logits.detach().unsqueeze(0).masked_fill(
      study.ne(study_of_view), -std::numeric_limits<double>::infinity());
  return view_logits.index_select(0, std::get<1>(at::max(scores, 1)));
}

}  // namespace radsweep::model
