// Who may write to what our programs make.
#pragma once

namespace radsweep {

// Whatever umask this process was started with: nothing that it or its children make from now on
// can be written by everybody. The group's rights stay as the user chose them. For the start of
// main(), before there are threads.
void keep_strangers_from_writing();

}  // namespace radsweep
