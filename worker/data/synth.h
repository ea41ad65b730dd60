// Writes a generated data set of CheXpert's shape: both CSV files and the JPEG files they name.
#pragma once

#include <cstdint>
#include <filesystem>

namespace radsweep::data {

struct SynthOptions {
  int studies = 0;   // rows of train.csv are more: 1 to 3 views each; about 95 % are usable
  int valid = 200;   // studies in valid.csv
  int size_px = 96;  // typical side of an image
  std::uint64_t seed = 1;

  bool operator==(const SynthOptions&) const = default;
};

// The bytes depend on the options only. Builds in OUT.tmp-<pid> and renames, so OUT is whole or
// not there. Returns at once when OUT was made with the same options (OUT/synth.json names them)
// and has its CSV files; throws Error(environment) when OUT is anything else than that, missing or
// empty.
void write_synth(const std::filesystem::path& out, const SynthOptions& options);

}  // namespace radsweep::data
