#include "orchestrator/slurm/where_in_slurm.h"

#include <iostream>

#include "base/error.h"
#include "orchestrator/slurm/collect_now.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/slurm/submission.h"

namespace radsweep::orchestrator::slurm {
namespace {

std::string in_words(const Element& element) {
  if (element.state == Element::State::running) return "Slurm runs it as " + element.id();
  const std::string why = element.reason == "None" ? "" : " (" + element.reason + ")";
  return "it waits in Slurm's queue as " + element.id() + why;
}

}  // namespace

std::string where_in_slurm(const Store& store, const std::string& run) {
  const std::vector<Submission> submissions = open_submissions_of(store);
  if (submissions.empty()) return "";
  try {
    const QueueView queue = SlurmClient(settings_of(store).sbatch_timeout_s).queue();
    for (const Submission& submission : submissions) {
      const std::vector<Key> keys = submission.keys();
      for (const Element* element : queue.active(submission.uuid())) {
        const auto index = static_cast<std::size_t>(element->index);
        if (index < keys.size() && keys[index].run == run) return in_words(*element);
      }
    }
  } catch (const Error& silent) {
    std::cerr << "radsweep: " << silent.what() << '\n';
  }
  return "";
}

}  // namespace radsweep::orchestrator::slurm
