#include "base/cpu_list.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <algorithm>

using namespace radsweep;

TEST_CASE("list_cpus gives exactly the processors of the affinity mask") {
  cpu_set_t before;
  REQUIRE(::sched_getaffinity(0, sizeof(before), &before) == 0);
  auto cpus = list_cpus().cpus;
  REQUIRE_FALSE(cpus.empty());
  CHECK(static_cast<int>(cpus.size()) == CPU_COUNT(&before));

  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(cpus.back()), &one);
  REQUIRE(::sched_setaffinity(0, sizeof(one), &one) == 0);
  CHECK(list_cpus().cpus == std::vector{cpus.back()});
  ::sched_setaffinity(0, sizeof(before), &before);
}

TEST_CASE("parse_cpu_max reads processors' worth of time and takes max as no limit") {
  CHECK(*parse_cpu_max("150000 100000\n") == 1.5);
  CHECK_FALSE(parse_cpu_max("max 100000\n"));
  CHECK_FALSE(parse_cpu_max(""));
  CHECK_FALSE(parse_cpu_max("150000"));
}

TEST_CASE("usable processors are limited by the quota but never below one") {
  CHECK(CpuList{{0, 1, 2, 3}, std::nullopt}.usable() == 4);
  CHECK(CpuList{{0, 1, 2, 3}, 2.5}.usable() == 2);
  CHECK(CpuList{{0, 1, 2, 3}, 0.5}.usable() == 1);
  CHECK(CpuList{{0, 1}, 64.0}.usable() == 2);
  CHECK(CpuList{}.usable() == 1);
}
