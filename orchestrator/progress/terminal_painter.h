// The live picture on a terminal: repainted in place, told lines scroll above it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orchestrator/progress.h"
#include "orchestrator/progress/patient_output.h"

namespace radsweep::orchestrator {

struct TerminalSize {
  int rows = 24, columns = 80;
  bool operator==(const TerminalSize&) const = default;
};
// Of the terminal behind `fd`; 24 x 80 when it does not tell.
TerminalSize terminal_size(int fd);

// Changes no setting of the terminal (no raw mode, no hidden cursor), so that whatever ends this
// process leaves it usable. The last picture stays when the object goes.
class TerminalPainter : public Progress {
 public:
  TerminalPainter(int fd, bool colour, std::function<TerminalSize()> size);

  void tell(const std::string& line) override;
  // Paints only what differs from what is there; leaves frames out while the terminal is behind.
  void show(const SweepView& view) override;

 private:
  std::string to_top() const;
  std::string paint() const;

  PatientOutput output_;
  bool colour_;
  std::function<TerminalSize()> size_;
  TerminalSize painted_size_;
  std::vector<std::string> painted_;  // lines on the terminal now
};

}  // namespace radsweep::orchestrator
