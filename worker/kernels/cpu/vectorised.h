// A function marked VECTORISED is compiled for several generations of processors, and the one of
// this machine is taken at run time. What it inlines goes with it.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RADSWEEP_VECTORISED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RADSWEEP_VECTORISED
#endif
