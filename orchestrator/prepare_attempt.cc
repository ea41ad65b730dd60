#include "orchestrator/prepare_attempt.h"

#include <sys/stat.h>

#include <cerrno>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;

void prepare_attempt(const fs::path& folder, const db::Claim& claim, attempt::Spec spec,
                     const attempt::Slot& slot) {
  const fs::path of_run = folder.parent_path();
  if (::mkdir(of_run.c_str(), 0755) == 0) {  // else it exists, or the next one says why not
    sync_directory(of_run.parent_path());
  }
  if (::mkdir(folder.c_str(), 0755) != 0) {
    throw system_error("make the folder", folder.string(), errno);
  }
  spec.run = claim.name;
  spec.identity = claim.identity;
  spec.attempt = claim.fence.attempt;
  spec.slot = slot;
  spec.resume_from.clear();
  for (int older : claim.older_attempts) {
    const std::string name = std::to_string(older);
    if (fs::exists(of_run / name)) spec.resume_from.push_back("../" + name);
  }
  attempt::write_spec(folder, spec);
  sync_directory(of_run);
}

}  // namespace radsweep::orchestrator
