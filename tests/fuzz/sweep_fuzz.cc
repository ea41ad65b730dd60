// Sweep files: read, then expanded into runs.
#include <algorithm>

#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace radsweep;

namespace {

// Names of runs become folders and cells of tables.
void expect_plain_names(const std::vector<orchestrator::PlannedRun>& runs) {
  for (const auto& run : runs) {
    const std::string& name = run.row.name;
    fuzz::expect(!name.empty() && name.size() <= 160, "a run's name fits a folder's");
    fuzz::expect(
        name.find_first_of(std::string("/\\'\"<>&;$`|*?~ \t\r\n\0", 20)) == std::string::npos,
        "a run's name needs no quoting");
  }
}

std::size_t runs_of(const orchestrator::Sweep& sweep) {
  std::size_t runs = sweep.grid.resolutions.size() * sweep.grid.architectures.size() *
                     sweep.grid.seeds.size() *
                     std::max<std::size_t>(1, sweep.grid.pretrained.size());
  for (const auto& axis : sweep.grid.extra) runs *= axis.values.size();
  return runs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::may_refuse([&] {
    const auto sweep = orchestrator::parse_sweep(std::string(fuzz::text_of(data, size)), "s.yaml");
    if (runs_of(sweep) > 500) return;  // allowed, but slow here
    orchestrator::DataFacts facts;
    facts.train_images = facts.train_studies = 1000;
    expect_plain_names(orchestrator::expand(sweep, facts));
  });
  return 0;
}
