// The names inside an attempt folder `<store>/<run>/<attempt>/`. Only that attempt's worker
// writes there (the spec and the lock file are made before it starts).
#pragma once

namespace radsweep::attempt {

inline constexpr const char* kSpecFile = "spec.json";       // what to do
inline constexpr const char* kLockFile = "alive.lock";      // flock held while the worker lives
inline constexpr const char* kBeatFile = "beat.json";       // progress, replaced every second or so
inline constexpr const char* kLogFile = "log.txt";          // stdout and stderr of the worker
inline constexpr const char* kEventsFile = "events.jsonl";  // append-only, CRC per line
inline constexpr const char* kLastCheckpoint = "last.ckpt";      // newest state to continue from
inline constexpr const char* kPrevCheckpoint = "prev.ckpt";      // the one before
inline constexpr const char* kBestWeights = "best.safetensors";  // weights of the best AUC so far
inline constexpr const char* kBestLossWeights =
    "best_loss.safetensors";                               // of the lowest valid loss
inline constexpr const char* kResultFile = "result.json";  // written last: the attempt is sealed
// Where the attempt is an element of a Slurm job array; written by the task that started the
// worker.
inline constexpr const char* kSlurmFile = "slurm.json";  // which job, which node; first of all
inline constexpr const char* kExitFile = "exit.json";    // how the worker's process ended; last

// `radsweep wrap ATTEMPT_FOLDER`: the worker of an attempt that a program of the user's trains.
inline constexpr const char* kWrapVerb = "wrap";

// Exit codes of `radsweep-worker train` (BSD sysexits where one fits). The sealed result says more.
enum class WorkerExit : int {
  done = 0,
  bad_spec = 64,    // unusable spec: never retried
  bad_data = 65,    // cache, CSV or weights do not fit the spec: never retried
  bad_device = 69,  // the GPU is not the one asked for, or unusable: retried elsewhere
  failed = 70,      // out of memory, NaN, a bug: retried as often as the sweep allows
  io = 74,          // disk full or unreadable: retried after a pause
  stopped = 75,     // asked to stop; checkpointed; run again to continue
};

}  // namespace radsweep::attempt
