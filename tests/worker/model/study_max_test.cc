#include "worker/model/study_max.h"

#include <ATen/ATen.h>

#include <limits>
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;

TEST_CASE("study_max takes the largest view of each study and sends the gradient there") {
  const at::Tensor views =
      at::tensor({0.5, -2.0, 3.0, 7.0, -1.0, -1.5}, at::kDouble).requires_grad_();
  const at::Tensor studies = model::study_max(views, at::tensor({0, 0, 0, 1, 2, 2}, at::kLong), 3);
  CHECK(studies.detach().equal(at::tensor({3.0, 7.0, -1.0}, at::kDouble)));
  (studies * at::tensor({1.0, 10.0, 100.0}, at::kDouble)).sum().backward();
  CHECK(views.grad().equal(at::tensor({0.0, 0.0, 1.0, 10.0, 100.0, 0.0}, at::kDouble)));
}

TEST_CASE("study_max sends the gradient of a tie to the first view only") {
  const at::Tensor views = at::tensor({1.0, 2.0, 2.0, 2.0}, at::kDouble).requires_grad_();
  model::study_max(views, at::tensor({0, 0, 0, 0}, at::kLong), 1).sum().backward();
  CHECK(views.grad().equal(at::tensor({0.0, 1.0, 0.0, 0.0}, at::kDouble)));
}

TEST_CASE("study_max shows a NaN of any view and keeps it in its study") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const at::Tensor views = at::tensor({1.0, nan, 5.0}, at::kDouble);
  const at::Tensor studies = model::study_max(views, at::tensor({0, 0, 1}, at::kLong), 2);
  CHECK(studies[0].isnan().item<bool>());
  CHECK(studies[1].item<double>() == 5);
}
