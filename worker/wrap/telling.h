// What is heard of a program, kept in the attempt's folder: reports, complaints, beats.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "worker/attempt/events.h"
#include "worker/attempt/spec.h"
#include "worker/wrap/history.h"

namespace radsweep::wrap {

class Telling {
 public:
  // Knows what the older attempts of the spec told. Throws Error(environment).
  Telling(const std::filesystem::path& attempt_folder, const attempt::Spec& spec);

  // One line of the program's. What it is no report of is told to the log and passed over. From
  // here on a full disk ends no training: what could not be written is written with the next event.
  void take_line(const std::string& line);
  void take_too_long(const std::string& beginning);
  // Tells where the program stands and syncs its reports, five times a second at most.
  void beat();
  // After the last line: the last beat, and everything on the disk. Throws Error(environment).
  void finish();

  const History& history() const { return history_; }
  // Which value was NaN or infinite, and when; "" as long as none was. Nothing that follows counts.
  const std::string& not_a_number() const { return not_a_number_; }
  const std::string& device() const { return device_; }
  double train_seconds() const;  // of all attempts

 private:
  void complain(const std::string& line, const std::string& why);
  template <typename Write>
  void keep(const Write& write);

  std::filesystem::path folder_;
  attempt::EventLog events_;
  History history_;
  std::int64_t began_ms_, beaten_ms_ = 0;
  double earlier_seconds_ = 0;  // of older attempts
  std::string device_, not_a_number_;
  bool disk_told_ = false;
};

}  // namespace radsweep::wrap
