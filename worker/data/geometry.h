// Where the pixels of an augmented image come from: fastai's affine matrix and perspective warp.
#pragma once

#include <array>

#include "worker/data/augment.h"

namespace radsweep::data {

using Matrix3 = std::array<std::array<double, 3>, 3>;  // of rows

// Flip * Rotate * Zoom on coordinates in [-1, 1] (x right, y down, corners aligned), corrected
// for images that are not square: fastai's affine matrix with the row (0, 0, 1) below it.
Matrix3 affine_matrix(const AugmentDraw& draw, int height, int width);

// The perspective warp as a symmetric homography ((1, k, g), (k, 1, h), (g, h, 1)): the closed
// form of the four-point system fastai solves.
Matrix3 warp_matrix(const AugmentDraw& draw);

// From pixel (column, row, 1) of the output to pixel (column * w, row * w, w) of the input: both
// of the above, in pixels.
Matrix3 source_of_pixel(const AugmentDraw& draw, int height, int width);

// Whether the draw moves no pixel.
bool keeps_geometry(const AugmentDraw& draw);

}  // namespace radsweep::data
