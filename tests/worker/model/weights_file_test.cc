#include "worker/model/weights_file.h"

#include <ATen/ATen.h>

#include <fstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/support/temp_dir.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::NamedTensor;

namespace {

std::string file_bytes(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i));
  return bytes + header + data;
}

// What reading a file of these bytes says, or "" when it is accepted.
std::string refusal(const std::string& bytes) {
  const test::TempDir dir;
  std::ofstream(dir / "w.safetensors", std::ios::binary) << bytes;
  try {
    model::read_weights_file(dir / "w.safetensors");
  } catch (const Error& error) {
    CHECK(error.where() == (dir / "w.safetensors").string());
    CHECK(error.code() == ExitCode::environment);
    return error.why();
  }
  return "";
}

std::string refusal(const std::string& header, std::size_t data_bytes) {
  return refusal(file_bytes(header, std::string(data_bytes, 'x')));
}

}  // namespace

TEST_CASE("a weights file gives back tensors, order, shapes and metadata exactly") {
  const test::TempDir dir;
  const at::Tensor strided = at::rand({3, 5}).t();
  const std::vector<NamedTensor> written = {{"z.weight", strided},
                                            {"a.count", at::tensor(41, at::kLong)},
                                            {"empty", at::empty({0, 4})},
                                            {"m", at::tensor({-0.0F, 1e-45F})}};
  model::write_weights_file(dir / "w.safetensors", written, {{"epoch", "3"}, {"name", "\u00e9\""}});
  const auto read = model::read_weights_file(dir / "w.safetensors");
  CHECK(read.metadata == model::WeightsMetadata{{"epoch", "3"}, {"name", "\u00e9\""}});
  REQUIRE(read.tensors.size() == written.size());
  for (const NamedTensor& tensor : written) {
    CAPTURE(tensor.name);
    const auto found = std::ranges::find(read.tensors, tensor.name, &NamedTensor::name);
    REQUIRE(found != read.tensors.end());
    CHECK((found->value.scalar_type() == tensor.value.scalar_type()));
    CHECK(found->value.equal(tensor.value));
  }
}

TEST_CASE("a weights file has the bytes that the safetensors format prescribes") {
  const test::TempDir dir;
  model::write_weights_file(dir / "w", {{"b", at::tensor({1.0F, -2.0F})}});
  const std::string header = R"({"b":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  const std::string values("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);
  CHECK(read_file(dir / "w") == file_bytes(padded, values));
}

TEST_CASE("a file that is no complete safetensors file is refused before memory is taken") {
  CHECK(refusal("").find("safetensors header") != std::string::npos);
  CHECK(refusal("PK\x03\x04").find("safetensors header") != std::string::npos);
  CHECK(refusal(std::string(16, '\xff')).find("safetensors header") != std::string::npos);
  CHECK(refusal("[]", 0).find("not a JSON object") != std::string::npos);
  CHECK(refusal("{", 0).find("not JSON") != std::string::npos);
  const std::string huge =
      R"({"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}})";
  CHECK(refusal(huge, 4).find("the file has 4") != std::string::npos);
  const std::string wrapping =
      R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})";
  CHECK(refusal(wrapping, 0).find("larger than any memory") != std::string::npos);
}

TEST_CASE("a file cut short is refused") {
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  CHECK(refusal(header, 8) == "");
  CHECK(refusal(header, 7).find("the file has 7") != std::string::npos);
  CHECK(refusal(header, 9).find("the file has 9") != std::string::npos);
}

TEST_CASE("overlaps, gaps, misfitting offsets, duplicates and foreign dtypes are refused by name") {
  const auto two = [](const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)" + second + "}";
  };
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]})"), 12) == "");
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})"), 8)
            .find("'b' starts at byte 4") != std::string::npos);
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]})"), 16)
            .find("overlap or gap") != std::string::npos);
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[3],"data_offsets":[8,12]})"), 12)
            .find("'b' has offsets that do not fit") != std::string::npos);
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,8]})"), 12)
            .find("'b' has offsets that do not fit") != std::string::npos);
  CHECK(refusal(two(R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]})"), 12) ==
        "duplicate key 'a'");
  CHECK(refusal(two(R"("b":{"dtype":"F32","dtype":"I64","shape":[1],"data_offsets":[8,16]})"),
                16) == "duplicate key 'dtype'");
  CHECK(refusal(two(R"("b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]})"), 10)
            .find("\"BF16\"") != std::string::npos);
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[-1],"data_offsets":[8,4]})"), 8)
            .find("a size of tensor 'b'") != std::string::npos);
  CHECK(refusal(two(R"("b":{"dtype":"F32","shape":[1]})"), 8).find("no data_offsets") !=
        std::string::npos);
  CHECK(refusal(two(R"("__metadata__":{"epoch":3})"), 8).find("'epoch' is not text") !=
        std::string::npos);
}

TEST_CASE("a weights file that is not there is named") {
  CHECK_THROWS_WITH_AS(model::read_weights_file("/nowhere/w.safetensors"),
                       doctest::Contains("/nowhere/w.safetensors: No such file"), Error);
}
