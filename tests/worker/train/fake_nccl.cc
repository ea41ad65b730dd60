// Stands in for libnccl among threads of one process: values lie in host memory. Types and
// signatures are those of nccl.h. So that a test sees where a sum went, it is a hundred times as
// large on another stream than the default one.
#include <barrier>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace {

struct UniqueId {
  char internal[128];
};
enum { kSuccess = 0, kInvalidArgument = 4, kUint8 = 1, kFloat32 = 7, kFloat64 = 8, kSum = 0 };

struct Group {
  explicit Group(int ranks) : values(static_cast<std::size_t>(ranks)), meeting(ranks) {}
  std::vector<const void*> values;
  std::barrier<> meeting;
};
struct Comm {
  std::shared_ptr<Group> group;
  std::size_t rank;
};

std::mutex mutex;
std::shared_ptr<Group> newest;
constexpr char kWord[] = "the id of this group";

template <typename T>
void add_up(Comm& comm, const void* send, void* receive, std::size_t count, const void* stream) {
  comm.group->values[comm.rank] = send;
  comm.group->meeting.arrive_and_wait();
  std::vector<T> total(count);
  for (const void* values : comm.group->values) {
    for (std::size_t i = 0; i < count; ++i) total[i] += static_cast<const T*>(values)[i];
  }
  for (T& value : total) value *= static_cast<T>(stream ? 100 : 1);
  comm.group->meeting.arrive_and_wait();
  std::memcpy(receive, total.data(), count * sizeof(T));
}

}  // namespace

extern "C" {
int ncclGetUniqueId(UniqueId* id) {
  std::memset(id->internal, 'x', sizeof id->internal);
  std::memcpy(id->internal, kWord, sizeof kWord);
  const std::lock_guard lock(mutex);
  newest.reset();
  return kSuccess;
}

int ncclCommInitRank(Comm** comm, int ranks, UniqueId id, int rank) {
  if (std::strcmp(id.internal, kWord) != 0 || id.internal[127] != 'x') return kInvalidArgument;
  const std::lock_guard lock(mutex);
  if (!newest) newest = std::make_shared<Group>(ranks);
  *comm = new Comm{newest, static_cast<std::size_t>(rank)};
  return kSuccess;
}

int ncclAllReduce(const void* send, void* receive, std::size_t count, int type, int operation,
                  Comm* comm, void* stream) {
  if (operation != kSum) return kInvalidArgument;
  if (type == kFloat32) {
    add_up<float>(*comm, send, receive, count, stream);
  } else if (type == kFloat64) {
    add_up<double>(*comm, send, receive, count, stream);
  } else {
    return kInvalidArgument;
  }
  return kSuccess;
}

int ncclBroadcast(const void* send, void* receive, std::size_t count, int type, int root,
                  Comm* comm, void* stream) {
  if (type != kUint8 || root != 0 || stream) return kInvalidArgument;
  comm->group->values[comm->rank] = send;
  comm->group->meeting.arrive_and_wait();
  if (comm->rank != 0) std::memcpy(receive, comm->group->values[0], count);
  comm->group->meeting.arrive_and_wait();
  return kSuccess;
}

int ncclCommAbort(Comm* comm) {
  comm->group->meeting.arrive_and_drop();
  delete comm;
  return kSuccess;
}

const char* ncclGetErrorString(int status) {
  return status == kInvalidArgument ? "invalid argument" : "no error";
}
}
