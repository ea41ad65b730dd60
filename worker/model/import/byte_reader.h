// A bounds-checked walk over bytes that nobody vouches for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "worker/model/quoted_name.h"

namespace radsweep::model {

// Throws the Error(environment) of a file that cannot be imported. `where` is the file.
[[noreturn]] void refuse_import(const std::string& where, const std::string& why,
                                const std::string& hint = {});

// Every read that would leave the bytes throws refuse_import; nothing is allocated for it. The
// bytes outlive the reader and what it returns.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string where, std::uint64_t at = 0);

  const std::string& where() const { return where_; }
  std::uint64_t at() const { return at_; }
  std::uint64_t left() const { return bytes_.size() - at_; }

  std::string_view take(std::uint64_t count);
  std::string_view take_line();                 // up to a newline, which is skipped
  std::uint64_t take_unsigned(unsigned width);  // little-endian, 1 to 8 bytes
  std::int64_t take_signed(unsigned width);

 private:
  std::string_view bytes_;
  std::string where_;
  std::uint64_t at_;
};

}  // namespace radsweep::model
