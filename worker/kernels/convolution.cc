#include "worker/kernels/convolution.h"

#include <ATen/OpMathType.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>

namespace radsweep::kernels {
namespace {

// What the products of such maps are computed in.
at::ScalarType type_of_products(const at::Tensor& maps, Products products) {
  return products == Products::native ? maps.scalar_type() : at::toOpMathType(maps.scalar_type());
}

}  // namespace

at::Tensor convolution(const at::Tensor& maps, const at::Tensor& weight, const Window& window) {
  return convolution(maps, weight, window, products_of(maps));
}

at::Tensor convolution(const at::Tensor& maps, const at::Tensor& weight, const Window& window,
                       Products products) {
  const at::ScalarType type = type_of_products(maps, products);
  return at::conv2d(maps.to(type), weight.to(maps.scalar_type()).to(type), {}, window.stride,
                    window.padding)
      .to(maps.scalar_type());
}

ConvolutionGradient convolution_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                         const at::Tensor& weight, const Window& window,
                                         const WantedGradient& wanted) {
  return convolution_backward(gradient, maps, weight, window, wanted, products_of(maps));
}

ConvolutionGradient convolution_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                         const at::Tensor& weight, const Window& window,
                                         const WantedGradient& wanted, Products products) {
  const at::ScalarType type = type_of_products(maps, products);
  const auto [by_maps, by_weight, by_bias] = at::convolution_backward(
      gradient.to(type), maps.to(type), weight.to(maps.scalar_type()).to(type),
      /*bias_sizes=*/at::OptionalIntArrayRef(), /*stride=*/{window.stride, window.stride},
      /*padding=*/{window.padding, window.padding}, /*dilation=*/{1, 1}, /*transposed=*/false,
      /*output_padding=*/{0, 0}, /*groups=*/1, {wanted.maps, wanted.weight, false});
  return {wanted.maps ? by_maps.to(maps.scalar_type()) : at::Tensor(),
          wanted.weight ? by_weight.to(weight.scalar_type()) : at::Tensor()};
}

}  // namespace radsweep::kernels
