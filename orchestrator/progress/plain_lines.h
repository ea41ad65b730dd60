// Progress for logs and pipes: a line per event, now and then a line that says where it stands.
#pragma once

#include <functional>
#include <string>

#include "orchestrator/progress.h"
#include "orchestrator/progress/patient_output.h"

namespace radsweep::orchestrator {

inline constexpr double kStatusEveryS = 30;

class PlainLines : public Progress {
 public:
  using Seconds = std::function<double()>;  // since some start
  PlainLines(int fd, Seconds now, FirstStatus first = FirstStatus::later);

  void tell(const std::string& line) override;
  bool wants_picture() const override;  // every 30 s
  // A status line every 30 s at most, the first after 30 s or at once, none when nothing changed.
  void show(const SweepView& view) override;

 private:
  PatientOutput output_;
  Seconds now_;
  double last_status_s_;
  std::string last_status_;
};

}  // namespace radsweep::orchestrator
