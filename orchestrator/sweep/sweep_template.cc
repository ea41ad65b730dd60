#include "orchestrator/sweep/sweep_template.h"

#include <filesystem>

#include "base/error.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator {

std::string new_sweep_file(const std::string& file_name) {
  const std::string kPlaceholder = "my-sweep";
  std::string text = kSweepTemplate;
  const std::string name = std::filesystem::path(file_name).stem().string();
  if (is_sweep_name(name)) {
    for (std::size_t at = 0; (at = text.find(kPlaceholder, at)) != text.npos; at += name.size()) {
      text.replace(at, kPlaceholder.size(), name);
    }
  }
  return std::string("# yaml-language-server: $schema=") + kSchemaFile + "\n" + text;
}

}  // namespace radsweep::orchestrator
