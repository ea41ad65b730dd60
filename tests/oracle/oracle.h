// radsweep's side of the comparisons with its peers: one verb each, files in, files out. The other
// side, and the verdict, are the Python programs of this folder.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "worker/model/state.h"

namespace radsweep::oracle {

using Arguments = std::vector<std::string>;

// forward ARCHITECTURE KERNELS PRECISION IN OUT: KERNELS is reference or fused, PRECISION float32
// or float64. IN has the weights by the model's names, and the tensors images [views, 3, px, px],
// study_of_view [views], labels [studies]. OUT gets eval_logits [views]; of one step in training
// mode without dropout: train_logits [views], loss, gradient/<parameter>, and the buffers
// afterwards under their names. float64 values are the int64 of the same bits.
void forward(const Arguments& arguments);

// train FOLDER: trains FOLDER/spec.json. Writes initial.safetensors, epoch-<e>.safetensors with
// the model after each epoch, and batches.json: per epoch, per batch, the list of studies.
void train(const Arguments& arguments);

// augment IN OUT: IN has images [n, height, width] of grey values 0..255 and draws [n, 9]: flip,
// rotate_deg, zoom, zoom_x, zoom_y, warp_x, warp_y, brightness, contrast. OUT gets images.
void augment(const Arguments& arguments);

// auc FILE: prints one AUC, or "undefined", per line "labels ; scores" of FILE.
void auc(const Arguments& arguments);

}  // namespace radsweep::oracle
