// Names of runs: what a person calls one, and its folder in the store.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

// The extra axes' values of one run, in file order.
using AxisValues = std::vector<std::pair<std::string, nlohmann::json>>;

// What runs of an architecture are called by their initial weights: the file's name without its
// ending, or "none".
std::string start_label(const WeightsFiles& files, const std::string& architecture);

// A value as arguments and names have it: 0.001, 3, true, adam.
std::string spelled(const nlohmann::json& value);

// "base_lr=0.001 dropout=0.3"; "" without extra axes.
std::string variant_of(const AxisValues& values);

// "480-densenet161-s3", with extra axes "480-densenet161-s3-base_lr=0.001-dropout=0.3". Only
// letters, digits and "._=-"; at most 160 bytes, so that every file system takes it: beyond
// that the end gives way to 8 hex digits of a checksum of the whole.
std::string run_name(int resolution, const std::string& architecture, std::int64_t seed,
                     const AxisValues& values);

// The same for axes of any name, in file order: "lr0.01-depth3-optimizer=adam-s1".
std::string own_run_name(const AxisValues& values);

}  // namespace radsweep::orchestrator
