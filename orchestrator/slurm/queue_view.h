// What Slurm says of our elements, from one `squeue`.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace radsweep::orchestrator::slurm {

struct Element {
  enum class State {
    pending,  // waits in the queue, also for its next attempt
    running,  // its processes may live
    over      // they are gone
  };
  std::string job;  // of the array
  int index = 0;
  State state = State::pending;
  std::string word;    // Slurm's own: "PENDING", "OUT_OF_MEMORY"
  std::string reason;  // why it waits: "Resources", "Priority"; may be "None"

  // As scancel and scontrol take it: "12_3".
  std::string id() const { return job + "_" + std::to_string(index); }
};

// Elements by the submission that their job's comment names, then by index. Whatever job number
// Slurm gives: after a crash of its controller a number may come again.
class QueueView {
 public:
  void add(const std::string& submission, Element element);
  // nullptr: Slurm does not know it, or not any more.
  const Element* find(const std::string& submission, int index) const;
  bool knows(const std::string& submission) const { return elements_.contains(submission); }
  // Those that are pending or running.
  std::vector<const Element*> active(const std::string& submission) const;
  // The number of its job; "" when Slurm does not know it.
  std::string job_of(const std::string& submission) const;

 private:
  std::map<std::string, std::map<int, Element>> elements_;
};

inline constexpr const char* kQueueFormat = "%F|%K|%T|%r|%k";  // job, index, state, reason, comment

// Of `squeue --array --format=kQueueFormat`: lines that are no element of an array are left out.
QueueView parse_queue(const std::string& text);

}  // namespace radsweep::orchestrator::slurm
