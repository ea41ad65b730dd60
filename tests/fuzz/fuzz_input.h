// What the fuzz targets share: libFuzzer's bytes as text, a folder in memory for readers that take
// a file, and a check that ends the program so that libFuzzer keeps the input.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace radsweep::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void expect(bool holds, const char* claim) {
  if (holds) return;
  std::cerr << "fuzz: it does not hold that " << claim << '\n';
  std::abort();
}

// What hostile input may do: be read, or be refused with an Error that is nobody's bug.
template <typename Action>
void may_refuse(const Action& action) {
  try {
    action();
  } catch (const Error& refused) {
    expect(refused.code() != ExitCode::internal, refused.what());
  } catch (const std::exception& escaped) {
    expect(false, escaped.what());
  }
}

// One folder per process, removed at its end.
class Folder {
 public:
  Folder() {
    const char* memory = "/dev/shm";
    const auto base = std::filesystem::is_directory(memory)
                          ? std::filesystem::path(memory)
                          : std::filesystem::temp_directory_path();
    std::string pattern = (base / "radsweep-fuzz-XXXXXX").string();
    expect(::mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code gone;
    std::filesystem::remove_all(path_, gone);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace radsweep::fuzz
