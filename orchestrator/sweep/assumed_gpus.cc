#include "orchestrator/sweep/assumed_gpus.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;
constexpr int kMostGpus = 10'000;
constexpr int kMostMemory_gib = 10'000;

// GiB as their makers state it; the smallest where a card comes with several.
const std::map<std::string, int>& known_cards() {
  static const std::map<std::string, int> kCards = {
      {"A10", 24},   {"A100", 40},  {"A30", 24},   {"A40", 48},   {"A4000", 16},
      {"A5000", 24}, {"A6000", 48}, {"GH200", 96}, {"H100", 80},  {"H200", 141},
      {"L4", 24},    {"L40", 48},   {"L40S", 48},  {"P100", 12},  {"P40", 24},
      {"P5000", 16}, {"P6000", 24}, {"T4", 16},    {"V100", 16},  {"3090", 24},
      {"4080", 16},  {"4090", 24},  {"5090", 32},  {"B200", 180}, {"TITAN", 12}};
  return kCards;
}

Error refused(const std::string& text, const std::string& why) {
  return Error(ExitCode::usage, "assume", "the GPUs '" + text + "'", why,
               "--assume-gpus 5, or 5xP6000, or 5xP6000:24 with the GiB of each");
}

// 0 when it is not a number from 1 to `most`.
int number_of(const std::string& digits, int most) {
  const bool is_number = !digits.empty() && digits.size() <= 5 &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
  const int number = is_number ? std::stoi(digits) : 0;
  return number <= most ? number : 0;
}

// "RTX 4090-24GB" -> RTX, 4090, 24GB; in capitals.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      words.emplace_back();
    } else {
      words.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return words;
}

std::optional<int> memory_gib(const std::string& name) {
  std::optional<int> known;
  for (std::string word : words_of(name)) {
    if (word.ends_with("GB")) {
      const int stated = number_of(word.substr(0, word.size() - 2), kMostMemory_gib);
      if (stated > 0) return stated;
    }
    if (word.starts_with("RTX") || word.starts_with("GTX")) word.erase(0, 3);
    const auto card = known_cards().find(word);
    if (card != known_cards().end()) known = card->second;
  }
  return known;
}

std::string label(const std::string& number, const AssumedGpus& gpus) {
  return "GPU " + number + (gpus.name.empty() ? "" : " " + gpus.name);
}

}  // namespace

AssumedGpus parse_assumed_gpus(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string cards = text.substr(0, colon);
  const std::size_t cross = std::min(cards.find('x'), cards.size());
  AssumedGpus gpus;
  gpus.count = number_of(cards.substr(0, cross), kMostGpus);
  if (gpus.count == 0) {
    throw refused(text, "it does not begin with a number from 1 to " + std::to_string(kMostGpus));
  }
  if (cross < cards.size()) gpus.name = cards.substr(cross + 1);
  std::optional<int> gib = memory_gib(gpus.name);
  if (colon < text.size()) {
    gib = number_of(text.substr(colon + 1), kMostMemory_gib);
    if (*gib == 0) throw refused(text, "after ':' there is no whole number of GiB");
  }
  if (gib) gpus.memory_bytes = *gib * kGibibyte;
  return gpus;
}

std::vector<PlanSlot> slots_of(const AssumedGpus& gpus, int runs_per_gpu) {
  const int copies = std::max(1, runs_per_gpu);
  std::optional<double> share = gpus.memory_bytes;
  if (share) *share /= copies;
  std::vector<PlanSlot> slots;
  for (int gpu = 0; gpu < gpus.count; ++gpu) {
    for (int copy = 0; copy < copies; ++copy) {
      const std::string suffix = copy == 0 ? "" : "#" + std::to_string(copy);
      slots.push_back({label(std::to_string(gpu) + suffix, gpus), share});
    }
  }
  return slots;
}

}  // namespace radsweep::orchestrator
