// Sweep files: read, then expanded into runs.
#include <algorithm>

#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace radsweep;

namespace {

constexpr std::string_view kNeedsCare("/\\'\"<>&;$`|*?~ \t\r\n\0", 19);

// Names of sweeps and runs become folders and cells of tables.
void expect_plain(std::string_view name) {
  fuzz::expect(!name.empty() && name.size() <= 160, "a name fits a folder's");
  fuzz::expect(name.find_first_of(kNeedsCare) == std::string_view::npos, "a name needs no quoting");
  fuzz::expect(name != "." && name != "..", "a name leads to no other folder");
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
    expect_plain(sweep.name);
    if (runs_of(sweep) > 500) return;  // allowed, but slow here
    orchestrator::DataFacts facts;
    facts.train_images = facts.train_studies = 1000;
    for (const auto& run : orchestrator::expand(sweep, facts)) expect_plain(run.row.name);
  });
  return 0;
}
