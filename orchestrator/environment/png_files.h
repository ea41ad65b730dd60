// Pictures in dots, made of SVG files by rsvg-convert where it is installed.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace radsweep::orchestrator {

// Writes X.png beside every X.svg, on white, two dots to a pixel, and returns their paths. nullopt,
// and nothing written, when PATH has no rsvg-convert. Throws Error(environment) when it fails, and
// as run_child when we are asked to stop.
std::optional<std::vector<std::filesystem::path>> write_pngs(
    const std::vector<std::filesystem::path>& svgs);

}  // namespace radsweep::orchestrator
