#include "orchestrator/commands/known_data.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/durable_file.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/sweep/published_data.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

bool is_there(const DataConfig& data) {
  const fs::path root = data.chexpert;
  return fs::exists(root / "train.csv") && fs::exists(root / "valid.csv");
}

KnownData published(const DataConfig& data) {
  const PublishedData counts = published_data(data.labels);
  KnownData known;
  known.published = true;
  known.facts.source.root = fs::absolute(data.chexpert).lexically_normal().string();
  known.facts.source.labels = data.labels;
  known.facts.train_studies = counts.train_studies;
  known.facts.train_images = counts.train_images;
  known.valid_images = counts.valid_images;
  known.source = counts.counts + ", as " + known.facts.source.root + " holds no data";
  return known;
}

// The rows of valid.csv, or what generated studies have on average: 1.2 views.
long valid_images(const DataConfig& data) {
  if (data.synthetic) return std::lround(1.2 * data.synthetic->valid);
  const std::string text = read_file(fs::path(data.chexpert) / "valid.csv");
  return std::max(0L, static_cast<long>(std::ranges::count(text, '\n')) - 1);
}

}  // namespace

KnownData known_data(const Sweep& sweep, const Store& store, WithoutData without) {
  const bool absent = !sweep.trainer && !sweep.data.synthetic && !is_there(sweep.data);
  if (absent && without == WithoutData::published) return published(sweep.data);
  KnownData known;
  known.facts = inspect_data(sweep, store, known.missing);
  if (!sweep.trainer) known.valid_images = valid_images(sweep.data);
  known.source = known.facts.source.root;
  return known;
}

}  // namespace radsweep::orchestrator
