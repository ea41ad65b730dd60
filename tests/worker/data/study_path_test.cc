#include "worker/data/study_path.h"

#include <doctest/doctest.h>

using radsweep::data::parse_study_path;

TEST_CASE("parse_study_path takes full, small and unprefixed paths apart") {
  const auto small =
      parse_study_path("CheXpert-v1.0-small/train/patient00001/study2/view1_frontal.jpg");
  CHECK(small.problem == "");
  CHECK(small.variant == "CheXpert-v1.0-small");
  CHECK(small.split == "train");
  CHECK(small.study == "train/patient00001/study2");
  CHECK(small.image == "train/patient00001/study2/view1_frontal.jpg");

  CHECK(parse_study_path("valid/patient1/study1/view1_frontal.JPG").image ==
        "valid/patient1/study1/view1_frontal.JPG");
  CHECK(parse_study_path("./a b/c/valid/patient1/study1/v.jpeg").variant == "a b/c");
}

TEST_CASE("parse_study_path refuses paths that leave the data or are of another form") {
  const auto why = [](const char* path) { return parse_study_path(path).problem; };
  CHECK(why("").find("empty") != std::string::npos);
  CHECK(why("/etc/train/patient1/study1/view1.jpg").find("absolute") != std::string::npos);
  CHECK(why("a/../train/patient1/study1/view1.jpg").find("'..'") != std::string::npos);
  CHECK(why("train/patient1/study1/..").find("'..'") != std::string::npos);
  CHECK(why("train/patient1/study1/view1_frontal.png").find(".jpg") != std::string::npos);
  for (const char* path :
       {"train/patient1/view1.jpg", "test/patient1/study1/view1.jpg", "train/p1/study1/view1.jpg",
        "train/patient1/study/view1.jpg", "train/patient1/study1x/view1.jpg",
        "train/patient1/study1/a,b.jpg", "train\\patient1\\study1\\view1.jpg"}) {
    CAPTURE(path);
    CHECK(why(path).find("is not of the form") != std::string::npos);
  }
}
