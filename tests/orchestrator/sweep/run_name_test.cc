#include "orchestrator/sweep/run_name.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace radsweep::orchestrator;

TEST_CASE("a run is named by its cell and seed, then by the axes of its own") {
  CHECK(run_name(480, "densenet161", 3, {}) == "480-densenet161-s3");
  const AxisValues values = {
      {"base_lr", 0.001}, {"augment.flip", true}, {"augment.pad_mode", "zeros"}};
  CHECK(run_name(32, "small", 0, values) ==
        "32-small-s0-base_lr=0.001-augment.flip=true-augment.pad_mode=zeros");
  CHECK(variant_of(values) == "base_lr=0.001 augment.flip=true augment.pad_mode=zeros");
  CHECK(variant_of({}) == "");
}

TEST_CASE("a run's name fits a folder however many axes there are, and stays its own") {
  AxisValues values;
  for (int i = 0; i < 40; ++i) values.emplace_back("weight_decay", i);
  const std::string name = run_name(480, "densenet161", 3, values);
  CHECK(name.size() == 160);
  values.back().second = 99;
  CHECK(run_name(480, "densenet161", 3, values) != name);
  CHECK(run_name(480, "densenet161", 3, {{"a/b", "../x"}}).find('/') == std::string::npos);
}
