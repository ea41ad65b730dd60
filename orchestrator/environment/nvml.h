// NVIDIA's management library, loaded at run time: nothing of ours links it, and a machine
// without it is a normal machine. Only the few questions we ask, as values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

// Names another library than libnvidia-ml.so.1 (a path): for tests and for odd installations.
inline constexpr const char* kNvmlLibraryVariable = "RADSWEEP_NVML_LIBRARY";

struct GpuProcess {
  int pid = 0;                      // in a container: the host's number, not ours
  std::optional<double> memory_mb;  // nothing: the driver does not tell
  bool operator==(const GpuProcess&) const = default;
};

struct ComputeCapability {
  int major = 0, minor = 0;
  bool operator==(const ComputeCapability&) const = default;
};

// What NVML says about one GPU now. "Nothing" in an optional: this GPU or driver does not tell
// (a Quadro P6000 has ECC off and no row remapping); it is never an error.
struct Gpu {
  int index = 0;     // NVML's, in PCI order; may change over reboots, so never stored
  std::string uuid;  // "GPU-1ab2..."
  std::string name;  // "Quadro P6000"
  double memory_total_mb = 0, memory_free_mb = 0;
  std::optional<ComputeCapability> compute_capability;
  std::vector<GpuProcess> compute, graphics;
  bool mps_clients_known = false;  // `compute` has those of the Multi-Process Service too
  std::optional<long> uncorrected_ecc_errors;  // since the driver was loaded
  std::optional<bool> memory_repair_pending;   // pages to retire or rows to remap at next reset
  std::optional<bool> memory_repair_failed;    // row remapping failed: the card is defective
  bool mig_enabled = false;                    // split into slices, not usable as a whole
  std::string lost;                            // why it cannot be asked (fell off the bus); or ""
};

// Owns the loaded and initialised library. One thread.
class Nvml {
 public:
  // `library`: a path; empty: what RADSWEEP_NVML_LIBRARY names, else libnvidia-ml.so.1. Throws
  // Error(environment) when there is none, it is not NVML, or the driver does not answer.
  explicit Nvml(const std::string& library = {});
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::string driver_version() const;  // "550.54.14"; "unknown" when it does not tell
  // Every GPU, ordered by index. A lost GPU is in the list with `lost` set and what is known.
  // Throws Error(environment) when not even their number can be had.
  std::vector<Gpu> read() const;

 private:
  struct Functions;
  Gpu read_gpu(unsigned index) const;
  void read_health(void* device, Gpu& gpu) const;

  void* library_ = nullptr;
  std::unique_ptr<Functions> functions_;
};

}  // namespace radsweep::orchestrator
