#include "worker/model/import/import_weights.h"

#include <doctest/doctest.h>

#include <cstring>
#include <fstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/support/temp_dir.h"
#include "worker/model/import/densenet_state.h"
#include "worker/model/import/weights_source.h"

using namespace radsweep;
using namespace std::string_literals;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(GOLDEN_DIR) / "weights";
const std::vector<attempt::Architecture> kTiny = {
    {.name = "tiny", .growth = 2, .blocks = {2}, .init_features = 4, .bn_size = 1}};
const std::vector<std::string> kFiles = {"legacy.pth", "zip.pth", "torchvision.safetensors",
                                         "float64.safetensors", "strided.pth"};

template <typename T>
std::vector<T> numbers(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// Holds what was imported against what make_weights.py says it saved.
void check_values(const std::filesystem::path& imported, std::int64_t counter) {
  const std::string bytes = read_file(imported);
  const model::WeightsSource file = model::read_weights_source(bytes, imported.string());
  std::vector<model::StateEntry> state = model::densenet_state(kTiny.front());
  state.push_back({"classifier.weight", model::WeightsType::F32, {2, 8}});
  state.push_back({"classifier.bias", model::WeightsType::F32, {2}});
  REQUIRE(file.tensors.size() == state.size());
  for (std::size_t t = 0; t < state.size(); ++t) {
    const model::SourceTensor& tensor = file.tensors[t];
    CAPTURE(tensor.name);
    CHECK(tensor.name == state[t].name);
    CHECK(tensor.shape == state[t].shape);
    REQUIRE(tensor.type == state[t].type);
    const std::string values = model::values_of(tensor, "");
    if (tensor.type == model::WeightsType::I64) {
      CHECK(numbers<std::int64_t>(values) == std::vector{counter});
      continue;
    }
    std::vector<float> expected;
    for (std::size_t i = 0; i < values.size() / sizeof(float); ++i) {
      expected.push_back(static_cast<float>(t) + static_cast<float>(i) / 128);
    }
    CHECK(numbers<float>(values) == expected);
  }
}

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Why importing a file of these bytes is refused, or "".
std::string refusal(const std::string& bytes) {
  const test::TempDir dir;
  write(dir / "w", bytes);
  try {
    model::import_weights(dir / "w", dir / "out", kTiny);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    CHECK(error.where() == (dir / "w").string());
    CHECK_FALSE(std::filesystem::exists(dir / "out"));
    return error.why();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Whether reading refuses the bytes; everything but Error fails the test.
bool refused(const std::string& bytes) {
  try {
    for (const auto& tensor : model::read_weights_source(bytes, "w").tensors) {
      if (model::element_count(tensor, "w") < 10'000) model::values_of(tensor, "w");
    }
    return false;
  } catch (const Error&) {
    return true;
  }
}

std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  REQUIRE(at != std::string::npos);
  return bytes.replace(at, from.size(), to);
}

const std::string kLegacyStart =
    std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15) +
    "\x80\x02M\xe9\x03." + std::string("\x80\x02}U\rlittle_endian\x88s.");

}  // namespace

TEST_CASE("every kind of file gives the same tensors under torchvision's names") {
  const test::TempDir dir;
  for (const std::string& name : kFiles) {
    CAPTURE(name);
    const auto report = model::import_weights(kGolden / name, dir / name, kTiny);
    CHECK(report.architecture == "tiny");
    CHECK(report.source_sha256 == sha256_of_file(kGolden / name));
    CHECK(report.target_sha256 == sha256_of_file(dir / name));
    CHECK(report.renamed == (name == "legacy.pth" ? 20 : 0));
    CHECK(report.counters_added == (name == "legacy.pth" ? 6 : 0));
    CHECK((report.converted > 0) == (name == "float64.safetensors"));
    check_values(dir / name, name == "legacy.pth" ? 0 : 7);
  }
}

TEST_CASE("a training's checkpoint gives the network's state, without DataParallel's prefix") {
  const test::TempDir dir;
  const auto report = model::import_weights(kGolden / "checkpoint.pth", dir / "w", kTiny);
  CHECK(report.renamed == report.tensors);
  check_values(dir / "w", 7);
}

TEST_CASE("a view with torch's negative bit is refused, whose values are not what is stored") {
  const std::string why = refusal(read_file(kGolden / "negated.pth"));
  CHECK(contains(why, "'features.norm0.bias'"));
  CHECK(contains(why, "negative bit"));
}

TEST_CASE("an imported file says where it is from") {
  const test::TempDir dir;
  model::import_weights(kGolden / "zip.pth", dir / "w", kTiny);
  const std::string bytes = read_file(dir / "w");
  CHECK(contains(bytes, R"("architecture":"tiny")"));
  CHECK(contains(bytes, R"("source":"zip.pth")"));
  CHECK(contains(bytes, R"("source_sha256":")" + sha256_of_file(kGolden / "zip.pth")));
}

TEST_CASE("an import may replace its own source") {
  const test::TempDir dir;
  std::filesystem::copy_file(kGolden / "zip.pth", dir / "w");
  model::import_weights(dir / "w", dir / "w", kTiny);
  check_values(dir / "w", 7);
}

TEST_CASE("a file cut short anywhere is refused") {
  for (const std::string& name : kFiles) {
    CAPTURE(name);
    const std::string bytes = read_file(kGolden / name);
    for (std::size_t length = 0; length < bytes.size(); length += length < 3000 ? 1 : 7) {
      CAPTURE(length);
      CHECK(refused(bytes.substr(0, length)));
    }
  }
}

TEST_CASE("a flipped byte anywhere is an error or other values, never a crash") {
  for (const char* name : {"legacy.pth", "zip.pth", "torchvision.safetensors"}) {
    const std::string bytes = read_file(kGolden / name);
    std::size_t noticed = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string damaged = bytes;
      constexpr int kMasks[] = {0x01, 0x80, 0xff};
      damaged[at] = static_cast<char>(bytes[at] ^ kMasks[at % 3]);
      noticed += refused(damaged) ? 1 : 0;
    }
    CAPTURE(name);
    CHECK(noticed > 1000);
  }
}

TEST_CASE("a damaged value in a zip file is noticed by its checksum") {
  const std::string bytes = read_file(kGolden / "zip.pth");
  const float second = 1.0F / 128;  // of the first tensor, whose first value is 0
  std::string needle(8, '\0');
  std::memcpy(needle.data() + 4, &second, sizeof second);
  std::string damaged = bytes;
  damaged[bytes.find(needle) + 5] ^= 1;
  CHECK(contains(refusal(damaged), "is damaged (CRC-32)"));
}

TEST_CASE("zip entries that lie on top of each other are refused") {
  const std::string bytes = read_file(kGolden / "zip.pth");
  // the last entry of the directory, said to have the bytes of the whole archive
  std::string damaged = bytes;
  const std::size_t entry = damaged.rfind("PK\1\2");
  for (const std::size_t field : {20, 24}) {
    for (std::size_t byte = 0; byte < 4; ++byte) {
      damaged[entry + field + byte] = static_cast<char>(bytes.size() >> (8 * byte));
    }
  }
  CHECK(contains(refusal(damaged), "more bytes than the archive"));
}

TEST_CASE("a pickle that asks for code is refused by the code's name") {
  const std::string attack = kLegacyStart + "\x80\x02" + "cos\nsystem\nU\x04true\x85R.";
  CHECK(contains(refusal(attack), "asks for 'os.system'"));
  CHECK(
      contains(refusal(kLegacyStart + "\x80\x02" + "c__builtin__\neval\n."), "'__builtin__.eval'"));
}

TEST_CASE("a pickle deeper or more repetitive than a state dict is refused") {
  CHECK(contains(refusal(kLegacyStart + "\x80\x02" + std::string(1000, '(')), "nested deeper"));
  CHECK(contains(refusal(kLegacyStart + "\x80\x02" + std::string(2'000'000, ']')),
                 "more values than any state dict"));
  std::string bomb = kLegacyStart +
                     "\x80\x02"
                     "ccollections\nOrderedDict\nq\x01]q\x02(";
  for (int i = 0; i < 5000; ++i) bomb += "]NaNa";
  bomb += "e";
  for (int i = 0; i < 5000; ++i) bomb += "h\x01h\x02\x85R";
  CHECK(contains(refusal(bomb), "more values than any state dict"));
}

// Each entry would copy the name: 100,000 times 100 kB.
TEST_CASE("a name that is remembered and comes again and again is refused before it is copied") {
  const std::string name(100'000, 'n');
  std::string length;
  for (int byte = 0; byte < 4; ++byte) length += static_cast<char>(name.size() >> (8 * byte));
  const std::string tensor =
      "ctorch._utils\n_rebuild_tensor_v2\n((U\7storagectorch\nFloatStorage\nU\1"
      "0U\3cpuK\1tQ"
      "K\0(K\1t(K\1t\x89}tR"s;
  std::string bomb = kLegacyStart + "\x80\x02}(X" + length + name + "q\x01" + tensor + "q\x02";
  for (int i = 0; i < 100'000; ++i) bomb += "h\x01h\x02";
  bomb += "u.";
  CHECK(contains(refusal(bomb), "two tensors 'nnnn"));
}

TEST_CASE("names in messages are short and without control characters") {
  const std::string name = R"(a\u001b[2J)" + std::string(100'000, 'b');
  const std::string header =
      "{\"" + name + R"(":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})";
  std::string length;
  for (int byte = 0; byte < 8; ++byte) length += static_cast<char>(header.size() >> (8 * byte));
  const std::string why = refusal(length + header);
  CHECK(contains(why, "'a?[2Jbbb"));
  CHECK(why.size() < 300);
  CHECK(refusal(length + replaced(header, "[0,4]", "[0," + std::string(3, '4') + "]")).size() <
        300);
}

TEST_CASE("sizes that the file does not have are refused before memory is taken") {
  const std::string legacy = read_file(kGolden / "legacy.pth");
  // the first text of the state dict, said to have 2 GB
  CHECK(contains(refusal(replaced(legacy, std::string("X\x15\0\0\0features.conv0.weight", 26),
                                  std::string("X\xff\xff\xff\x7f"
                                              "features.conv0.weight",
                                              26))),
                 "ends early"));
  // the first storage of 588 values, said to have 2^31 - 1
  CHECK(contains(refusal(replaced(legacy, std::string("cpuq\x07M\x4c\x02", 8),
                                  std::string("cpuq\x07J\xff\xff\xff\x7f", 10))),
                 "another size than expected"));
}

TEST_CASE("a tensor that shows a few values again and again is refused before memory is taken") {
  const std::string one_value(4, '\0');
  const model::SourceTensor bomb{
      "bomb", model::WeightsType::F32, {1 << 20, 1 << 19}, {0, 0}, one_value};
  CHECK_THROWS_WITH_AS(model::check_reach(bomb, "w"), doctest::Contains("reaches beyond"), Error);
}

TEST_CASE("the sizes of a tensor without elements are bounded, too") {
  const model::SourceTensor empty{
      "empty", model::WeightsType::F32, {0, std::int64_t{1} << 62, 4}, {0, 0, 0}, ""};
  CHECK_THROWS_WITH_AS(model::element_count(empty, "w"), doctest::Contains("larger than any"),
                       Error);
  const std::string header =
      R"({"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}})";
  const auto length = static_cast<char>(header.size());
  CHECK(contains(refusal(std::string({length, 0, 0, 0, 0, 0, 0, 0}) + header), "larger than any"));
}

TEST_CASE("a header of a million brackets is refused before the stack is exhausted") {
  const std::string header =
      R"({"a":{"dtype":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}}";
  std::string length;
  for (int byte = 0; byte < 8; ++byte) length += static_cast<char>(header.size() >> (8 * byte));
  CHECK(contains(refusal(length + header), "nests deeper"));
}

TEST_CASE("a list of many mismatches shows some of both sides") {
  std::string bytes = read_file(kGolden / "torchvision.safetensors");
  for (std::size_t at = 0; (at = bytes.find("features.", at)) != std::string::npos; ++at) {
    bytes.replace(at, 9, "backbone.");
  }
  const std::string why = refusal(bytes);
  CHECK(contains(why, "missing: features.conv0.weight"));
  CHECK(contains(why, "unknown: 'backbone."));
}

TEST_CASE("tensors that are no known network's are listed") {
  const test::TempDir dir;
  auto other = kTiny;
  other.front().growth = 3;
  CHECK_THROWS_WITH_AS(
      model::import_weights(kGolden / "zip.pth", dir / "out", other),
      doctest::Contains("features.denseblock1.denselayer1.conv1.weight is [2, 4, 1, 1], not [3, "
                        "4, 1, 1]"),
      Error);
  other = kTiny;
  other.front().blocks = {3};
  CHECK_THROWS_WITH_AS(model::import_weights(kGolden / "zip.pth", dir / "out", other),
                       doctest::Contains("missing: features.denseblock1.denselayer3.norm1.weight"),
                       Error);
  const std::string bytes = read_file(kGolden / "torchvision.safetensors");
  CHECK(contains(refusal(replaced(bytes, "\"features.norm5.bias\"", "\"features.norm5.sign\"")),
                 "unknown: 'features.norm5.sign'"));
}

TEST_CASE("a value that is no number is refused") {
  std::string bytes = read_file(kGolden / "torchvision.safetensors");
  const std::string not_a_number("\x00\x00\xc0\x7f", 4);
  bytes.replace(bytes.size() - 4, 4, not_a_number);
  CHECK(contains(refusal(bytes), "infinite or not numbers"));
}

TEST_CASE("a variance below 0 is refused") {
  std::string bytes = read_file(kGolden / "torchvision.safetensors");
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  const std::string start =
      R"("features.norm5.running_var":{"dtype":"F32","shape":[8],"data_offsets":[)";
  const std::size_t at = bytes.find(start);
  REQUIRE(at != std::string::npos);
  const std::size_t value = 8 + header_bytes + std::stoul(bytes.substr(at + start.size()));
  bytes[value + 3] = static_cast<char>(bytes[value + 3] | 0x80);  // the sign
  CHECK(contains(refusal(bytes), "features.norm5.running_var has a variance below 0"));
}

TEST_CASE("a file is held against the hash in its name") {
  const test::TempDir dir;
  const std::string sha256 = sha256_of_file(kGolden / "zip.pth");
  const auto right = dir / ("tiny-" + sha256.substr(0, 8) + ".pth");
  std::filesystem::copy_file(kGolden / "zip.pth", right);
  CHECK(model::import_weights(right, dir / "out", kTiny).source_sha256 == sha256);
  std::filesystem::copy_file(kGolden / "zip.pth", dir / "tiny-a639ec97.pth");
  CHECK_THROWS_WITH_AS(model::import_weights(dir / "tiny-a639ec97.pth", dir / "out", kTiny),
                       doctest::Contains("its name says a639ec97"), Error);
}

TEST_CASE("what is no file of weights is refused with its name") {
  CHECK(contains(refusal(""), "neither a safetensors file"));
  CHECK(contains(refusal("<html><body>Not found"), "neither a safetensors file"));
  CHECK_THROWS_WITH_AS(model::import_weights("/nowhere/w.pth", "/nowhere/out", kTiny),
                       doctest::Contains("/nowhere/w.pth: No such file"), Error);
}
