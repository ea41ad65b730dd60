#include "worker/attempt/epoch_record.h"

#include <nlohmann/json.hpp>

namespace radsweep::attempt {

using nlohmann::json;

void to_json(json& object, const Prediction& p) {
  object = {
      {"study", p.study}, {"label", p.label}, {"logit", p.logit}, {"probability", p.probability}};
}

void from_json(const json& object, Prediction& p) {
  object.at("study").get_to(p.study);
  object.at("label").get_to(p.label);
  object.at("logit").get_to(p.logit);
  object.at("probability").get_to(p.probability);
}

void to_json(json& object, const EpochRecord& r) {
  object = {{"epoch", r.epoch},
            {"phase", r.phase},
            {"train_loss", r.train_loss},
            {"valid_loss", r.valid_loss},
            {"valid_auc", r.valid_auc ? json(*r.valid_auc) : json(nullptr)},
            {"lr_body", r.lr_body},
            {"lr_head", r.lr_head},
            {"is_best", r.is_best},
            {"is_best_loss", r.is_best_loss},
            {"seconds", r.seconds},
            {"images_per_second", r.images_per_second}};
}

void from_json(const json& object, EpochRecord& r) {
  object.at("epoch").get_to(r.epoch);
  object.at("phase").get_to(r.phase);
  object.at("train_loss").get_to(r.train_loss);
  object.at("valid_loss").get_to(r.valid_loss);
  const json& auc = object.at("valid_auc");
  r.valid_auc = auc.is_null() ? std::nullopt : std::optional<double>(auc.get<double>());
  object.at("lr_body").get_to(r.lr_body);
  object.at("lr_head").get_to(r.lr_head);
  object.at("is_best").get_to(r.is_best);
  object.at("is_best_loss").get_to(r.is_best_loss);
  object.at("seconds").get_to(r.seconds);
  object.at("images_per_second").get_to(r.images_per_second);
}

void to_json(json& object, const OwnEpoch& e) {
  object = {{"epoch", e.epoch}, {"values", e.values}};
}

void from_json(const json& object, OwnEpoch& e) {
  object.at("epoch").get_to(e.epoch);
  object.at("values").get_to(e.values);
}

}  // namespace radsweep::attempt
