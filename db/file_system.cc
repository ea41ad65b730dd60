#include "db/file_system.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/error.h"

namespace radsweep::db {

namespace {

// linux/magic.h and the file systems' own headers. FUSE and 9p carry local and remote folders
// alike; neither promises shared memory maps that every host sees.
constexpr std::array<unsigned long, 16> kNetworkMagics = {
    0x6969,      // NFS
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS, Spectrum Scale
    0x19830326,  // BeeGFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB2
    0x65735546,  // FUSE: sshfs, virtiofs, ...
    0x00C36400,  // Ceph
    0x01021997,  // 9p
    0x5346414F,  // AFS
    0x73757245,  // Coda
    0x564C,      // NCP
    0xAAD7AAEA,  // PanFS
    0x01161970,  // GFS2
    0x7461636F,  // OCFS2
};

}  // namespace

bool is_network_file_system(unsigned long magic) {
  return std::find(kNetworkMagics.begin(), kNetworkMagics.end(), magic) != kNetworkMagics.end();
}

bool on_network_file_system(const std::filesystem::path& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0)
    throw system_error("find out the file system of", path.string(), errno);
  // f_type is signed: CIFS's magic would be sign-extended
  return is_network_file_system(static_cast<unsigned long>(status.f_type) & 0xFFFFFFFFUL);
}

}  // namespace radsweep::db
