// One record of a TensorBoard event file: a TFRecord (length and bytes, each with its masked
// CRC-32C) around an Event of tensorflow/core/util/event.proto, of which only these fields are
// written: wall_time = 1, step = 2, file_version = 3, summary = 5 with value = 1, and in a value
// tag = 1, simple_value = 2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace radsweep::report {

// CRC-32C (Castagnoli) of RFC 3720, bit by bit: event files are small.
std::uint32_t crc32c_of(std::string_view bytes);

// Every file begins with this one.
std::string version_record(double wall_time_s);

// `value` becomes a float, as in TensorBoard's own writers.
std::string scalar_record(double wall_time_s, std::int64_t step, std::string_view tag,
                          double value);

}  // namespace radsweep::report
