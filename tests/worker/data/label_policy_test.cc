#include "worker/data/label_policy.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace radsweep;
using namespace radsweep::data;

TEST_CASE("parse_mention accepts CheXpert's values in every spelling and nothing else") {
  for (const char* text : {"1", "1.0", " 1.00 "}) CHECK(parse_mention(text) == Mention::positive);
  for (const char* text : {"0", "0.0"}) CHECK(parse_mention(text) == Mention::negative);
  for (const char* text : {"-1", "-1.0"}) CHECK(parse_mention(text) == Mention::uncertain);
  for (const char* text : {"", "  "}) CHECK(parse_mention(text) == Mention::blank);
  for (const char* text : {"2", "1.5", "yes", "1.0x", "nan", "-"}) {
    CAPTURE(text);
    CHECK(parse_mention(text) == std::nullopt);
  }
}

TEST_CASE("label_of follows the uncertainty policy and needs a negative finding for the rest") {
  const std::vector<Mention> none = {Mention::blank}, healthy = {Mention::positive};
  attempt::LabelPolicy policy;
  const auto label = [&](Mention target, const std::vector<Mention>& negatives) {
    return label_of(policy, target, negatives);
  };
  SUBCASE("whatever uncertain means") {
    for (const char* uncertain : {"positive", "negative", "drop"}) {
      policy.uncertain = uncertain;
      CHECK(label(Mention::positive, none) == 1);
      CHECK(label(Mention::positive, healthy) == 1);
      CHECK(label(Mention::negative, none) == 0);
      CHECK(label(Mention::blank, healthy) == 0);
      CHECK(label(Mention::blank, none) == std::nullopt);
      CHECK(label(Mention::blank, {Mention::uncertain}) == std::nullopt);
    }
  }
  SUBCASE("uncertain is positive") {
    CHECK(label(Mention::uncertain, healthy) == 1);
  }
  SUBCASE("uncertain is negative") {
    policy.uncertain = "negative";
    CHECK(label(Mention::uncertain, none) == 0);
  }
  SUBCASE("uncertain is dropped") {
    policy.uncertain = "drop";
    CHECK(label(Mention::uncertain, none) == std::nullopt);
  }
}

TEST_CASE("check_policy refuses a policy that means nothing") {
  CHECK_NOTHROW(check_policy({}));
  CHECK_THROWS_WITH_AS(check_policy({"Atelectasis", "postive", {}}),
                       doctest::Contains("did you mean 'positive'"), Error);
  CHECK_THROWS_AS(check_policy({"", "drop", {}}), Error);
  CHECK_THROWS_AS(check_policy({"Edema", "drop", {"No Finding", "Edema"}}), Error);
}
