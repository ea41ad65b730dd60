#include "orchestrator/prepare_attempt.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;

bool make_attempt_folder(const fs::path& folder) {
  const fs::path of_run = folder.parent_path();
  if (::mkdir(of_run.c_str(), 0755) == 0) {  // else it exists, or the next one says why not
    sync_directory(of_run.parent_path());
  }
  if (::mkdir(folder.c_str(), 0755) == 0) return true;
  if (errno == EEXIST) return false;
  throw system_error("make the folder", folder.string(), errno);
}

void write_attempt_spec(const fs::path& folder, const db::Claim& claim, attempt::Spec spec,
                        const attempt::Slot& slot) {
  const fs::path of_run = folder.parent_path();
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

void prepare_attempt(const fs::path& folder, const db::Claim& claim, attempt::Spec spec,
                     const attempt::Slot& slot) {
  if (!make_attempt_folder(folder)) throw system_error("make the folder", folder.string(), EEXIST);
  write_attempt_spec(folder, claim, std::move(spec), slot);
}

}  // namespace radsweep::orchestrator
