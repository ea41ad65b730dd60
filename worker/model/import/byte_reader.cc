#include "worker/model/import/byte_reader.h"

#include "base/error.h"

namespace radsweep::model {

void refuse_import(const std::string& where, const std::string& why, const std::string& hint) {
  throw Error(ExitCode::environment, "import weights from", where, why, hint);
}

ByteReader::ByteReader(std::string_view bytes, std::string where, std::uint64_t at)
    : bytes_(bytes), where_(std::move(where)), at_(at) {
  if (at_ > bytes_.size()) {
    refuse_import(where_, "it refers to a place behind its end", "get the file again");
  }
}

std::string_view ByteReader::take(std::uint64_t count) {
  if (count > left()) {
    refuse_import(where_,
                  "it ends early: at byte " + std::to_string(at_) + " another " +
                      std::to_string(count) + " bytes should follow, " + std::to_string(left()) +
                      " do",
                  "get the file again");
  }
  const std::string_view taken = bytes_.substr(at_, count);
  at_ += count;
  return taken;
}

std::string_view ByteReader::take_line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) {
    refuse_import(where_, "it ends within a line of text", "get the file again");
  }
  const std::string_view line = take(end - at_);
  take(1);
  return line;
}

std::uint64_t ByteReader::take_unsigned(unsigned width) {
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const char byte : take(width)) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << shift;
    shift += 8;
  }
  return value;
}

std::int64_t ByteReader::take_signed(unsigned width) {
  if (width == 0) return 0;
  const unsigned unused = 64 - 8 * width;
  return static_cast<std::int64_t>(take_unsigned(width) << unused) >> unused;
}

}  // namespace radsweep::model
