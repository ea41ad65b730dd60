#include "worker/train/rank_memory.h"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace radsweep;
using train::RankFailed;
using train::RankMemory;

namespace {

using Deed = std::function<int(RankMemory&)>;

// Exit codes of ranks 1, 2, ..., each a process that joins by descriptor; rank 0 is this one.
std::vector<int> others_do(RankMemory& first, const Deed& deed, const std::function<void()>& own) {
  std::vector<int> pids, codes;
  for (int rank = 1; rank < first.ranks(); ++rank) {
    const int pid = ::fork();
    if (pid == 0) {
      RankMemory joined = RankMemory::join(::dup(first.descriptor()), rank);
      ::_exit(deed(joined));
    }
    pids.push_back(pid);
  }
  own();
  for (const int pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
  return codes;
}

// Numbers whose sum in another order has other last digits; more than are handed over at once.
std::vector<float> numbers_of(int rank) {
  std::vector<float> values(400'000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 1.0F / static_cast<float>(i % 1000 + 1) * static_cast<float>(rank * rank * 7 + 1);
  }
  return values;
}

std::vector<float> sum_in_order(int ranks) {
  std::vector<float> total = numbers_of(0);
  for (int rank = 1; rank < ranks; ++rank) {
    const auto more = numbers_of(rank);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
  }
  return total;
}

}  // namespace

TEST_CASE("ranks in processes of their own get the same sum to the bit, many times over") {
  for (const int ranks : {1, 2, 3}) {
    CAPTURE(ranks);
    RankMemory first = RankMemory::create(ranks);
    const auto wanted = sum_in_order(ranks);
    const auto deed = [&](RankMemory& memory) {
      for (int again = 0; again < 20; ++again) {
        auto values = numbers_of(memory.rank());
        memory.sum(values);
        if (values != wanted) return 1;
      }
      return 0;
    };
    int own = 1;
    const auto codes = others_do(first, deed, [&] { own = deed(first); });
    CHECK(own == 0);
    for (const int code : codes) CHECK(code == 0);
  }
}

TEST_CASE("doubles are summed, and a rank with nothing takes part with zeros") {
  RankMemory first = RankMemory::create(3);
  const auto deed = [](RankMemory& memory) {
    std::array<double, 2> values{memory.rank() == 1 ? 0 : 0.25 * memory.rank(), 1};
    memory.sum(values);
    return values == std::array{0.5, 3.0} ? 0 : 1;
  };
  int own = 1;
  const auto codes = others_do(first, deed, [&] { own = deed(first); });
  CHECK(own == 0);
  CHECK(codes == std::vector{0, 0});
}

TEST_CASE("all ranks hear what the first says, however long or empty it is") {
  RankMemory first = RankMemory::create(2);
  const std::string long_text(3'000'000, 'x');
  const auto deed = [&](RankMemory& memory) {
    const bool leads = memory.rank() == 0;
    const bool heard = memory.of_first(leads ? long_text : "mine") == long_text &&
                       memory.of_first(leads ? std::string() : "mine").empty() &&
                       memory.of_first(leads) && !memory.of_first(!leads);
    return heard ? 0 : 1;
  };
  int own = 1;
  const auto codes = others_do(first, deed, [&] { own = deed(first); });
  CHECK(own == 0);
  CHECK(codes == std::vector{0});
}

TEST_CASE("a rank that is late is waited for") {
  RankMemory first = RankMemory::create(2);
  const auto codes = others_do(
      first,
      [](RankMemory& memory) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return memory.of_first(false) ? 0 : 1;
      },
      [&] { CHECK(first.of_first(true)); });
  CHECK(codes == std::vector{0});
}

TEST_CASE("a rank that does not come ends the others, and is named") {
  RankMemory first = RankMemory::create(3);
  const auto codes = others_do(
      first,
      [](RankMemory& memory) {
        if (memory.rank() == 2) return 0;  // dead, and nobody to tell of it
        try {
          memory.of_first(true);
        } catch (const RankFailed& failed) {
          return failed.failure().rank == 2 ? 7 : 8;
        }
        return 9;
      },
      [&] {
        first.set_patience(0.2);
        try {
          first.of_first(true);
          FAIL("it went on without rank 2");
        } catch (const RankFailed& failed) {
          CHECK(failed.failure().rank == 2);
          CHECK(failed.failure().error_class == "bug");
        }
      });
  CHECK(codes == std::vector{7, 0});
}

TEST_CASE("what made a rank give up is thrown on all others at once, and the first reason stays") {
  RankMemory first = RankMemory::create(2);
  const auto codes = others_do(
      first,
      [](RankMemory& memory) {
        memory.fail({1, "out_of_memory", 70, "no memory left " + std::string(1000, '.')});
        memory.fail({1, "bug", 70, "a later one"});
        return 0;
      },
      [&] {
        const auto fails = [&] {
          try {
            first.of_first(true);
            return train::RankFailure{};
          } catch (const RankFailed& failed) {
            return failed.failure();
          }
        };
        for (int again = 0; again < 2; ++again) {
          const train::RankFailure failure = fails();
          CHECK(failure.rank == 1);
          CHECK(failure.error_class == "out_of_memory");
          CHECK(failure.exit_code == 70);
          CHECK(failure.text.starts_with("no memory left ..."));
        }
      });
  CHECK(codes == std::vector{0});
}

TEST_CASE("ranks that hand over unequally much are a bug, not wrong numbers") {
  RankMemory first = RankMemory::create(2);
  const auto deed = [](RankMemory& memory) {
    std::vector<float> values(memory.rank() == 0 ? 5 : 6);
    try {
      memory.sum(values);
    } catch (const RankFailed&) {
      return 2;
    } catch (const Error&) {
      return 1;
    }
    return 0;
  };
  int own = 0;
  const auto codes = others_do(first, deed, [&] { own = deed(first); });
  CHECK(own == 1);
  CHECK(codes == std::vector{1});
}
