#include "orchestrator/report/tensorboard_record.h"

#include <bit>
#include <concepts>

namespace radsweep::report {
namespace {

template <std::unsigned_integral Word>
std::string little_endian(Word word) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof word; ++i) bytes += static_cast<char>(word >> (8 * i) & 0xff);
  return bytes;
}

// Protocol buffers: a field is its key (number and wire type) as a varint, then its value.
enum class Wire : std::uint64_t { varint = 0, eight_bytes = 1, bytes = 2, four_bytes = 5 };

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

std::string key(std::uint64_t number, Wire wire) {
  return varint(number << 3 | static_cast<std::uint64_t>(wire));
}

std::string bytes_field(std::uint64_t number, std::string_view bytes) {
  return key(number, Wire::bytes) + varint(bytes.size()) + std::string(bytes);
}

std::string wall_time_field(double seconds) {
  return key(1, Wire::eight_bytes) + little_endian(std::bit_cast<std::uint64_t>(seconds));
}

// Rotated, so that a checksum of bytes that hold checksums is no special case.
std::string masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c_of(bytes);
  return little_endian(std::rotr(crc, 15) + 0xa282ead8u);
}

std::string framed(const std::string& event) {
  const std::string length = little_endian(std::uint64_t{event.size()});
  return length + masked_crc(length) + event + masked_crc(event);
}

}  // namespace

std::uint32_t crc32c_of(std::string_view bytes) {
  constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
  }
  return ~crc;
}

std::string version_record(double wall_time_s) {
  return framed(wall_time_field(wall_time_s) + bytes_field(3, "brain.Event:2"));
}

std::string scalar_record(double wall_time_s, std::int64_t step, std::string_view tag,
                          double value) {
  const std::string measured =
      bytes_field(1, tag) + key(2, Wire::four_bytes) +
      little_endian(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
  return framed(wall_time_field(wall_time_s) + key(2, Wire::varint) +
                varint(static_cast<std::uint64_t>(step)) +
                bytes_field(5, bytes_field(1, measured)));
}

}  // namespace radsweep::report
