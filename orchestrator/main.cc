// The radsweep command. What it can do is in commands/, how it is spelled in command_line.cc.
#include <exception>
#include <iostream>

#include "base/error.h"
#include "base/file_mode.h"
#include "orchestrator/command_line.h"

int main(int argc, char** argv) {
  using namespace radsweep;
  keep_strangers_from_writing();
  try {
    return orchestrator::run_command_line(argc, argv);
  } catch (const Error& error) {
    std::cerr << "radsweep: " << error.what() << '\n';
    return static_cast<int>(error.code());
  } catch (const std::exception& surprise) {
    std::cerr << "radsweep: internal error: " << surprise.what() << '\n';
    return static_cast<int>(ExitCode::internal);
  }
}
