// report_text and report_json of data_check.h.
#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "worker/data/data_check.h"
#include "worker/data/label_policy.h"
#include "worker/data/published_counts.h"

namespace radsweep::data {
namespace {

using nlohmann::json;

std::size_t count_of(const MentionCounts& counts, Mention mention) {
  return counts[static_cast<std::size_t>(mention)];
}

// 12.3 %
std::string percent(std::size_t part, std::size_t whole) {
  std::ostringstream text;
  const double share =
      whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  text << std::fixed << std::setprecision(2) << share << " %";
  return text.str();
}

void write_findings(std::ostream& out, const char* unit, const std::vector<std::string>& findings,
                    const std::vector<MentionCounts>& counts) {
  out << "  " << std::left << std::setw(28) << unit << std::right;
  for (const char* column : {"1", "-1", "0", "blank"}) out << std::setw(9) << column;
  out << '\n';
  for (std::size_t i = 0; i < findings.size(); ++i) {
    out << "    " << std::left << std::setw(26) << findings[i] << std::right;
    for (const Mention mention :
         {Mention::positive, Mention::uncertain, Mention::negative, Mention::blank}) {
      out << std::setw(9) << count_of(counts[i], mention);
    }
    out << '\n';
  }
}

void write_part(std::ostream& out, const PartReport& part, const attempt::LabelPolicy& labels) {
  const auto line = [&out](const std::string& name) -> std::ostream& {
    return out << "  " << std::left << std::setw(28) << name << std::right << std::setw(9);
  };
  out << '\n' << part.file << '\n';
  line("rows (images)") << part.rows << '\n';
  line("studies") << part.studies << '\n';
  line("patients") << part.patients << '\n';
  line("positive studies") << part.positive << "  " << percent(part.positive, part.used()) << '\n';
  line("negative studies") << part.negative << "  " << percent(part.negative, part.used()) << '\n';
  line("used studies") << part.used() << "  with " << part.images << " images\n";
  line("dropped studies") << part.dropped << '\n';
  line("overlap") << part.overlap << "  studies where " << labels.target
                  << " is mentioned beside a positive negative\n";
  out << "  views per study\n";
  for (const auto& [views, studies] : part.views) {
    line("  " + views) << studies << "  " << percent(studies, part.studies) << '\n';
  }
  write_findings(out, "studies by label", part.findings, part.studies_by_mention);
  write_findings(out, "images by label", part.findings, part.rows_by_mention);
  write_findings(out, "frontal images by label", part.findings, part.frontal_by_mention);
  write_findings(out, "lateral images by label", part.findings, part.lateral_by_mention);
  for (const auto& [column, values] : part.described) {
    out << "  images by " << column << '\n';
    // a column of free text would fill pages
    constexpr std::size_t kValues = 12;
    std::size_t shown = 0;
    for (const auto& [value, rows] : values) {
      if (++shown > kValues) break;
      line("  " + (value.empty() ? "(empty)" : value)) << rows << '\n';
    }
    if (values.size() > kValues) out << "    ... " << values.size() << " values\n";
  }
}

void write_smaller(std::ostream& out, const DataReport& report) {
  out << "\nimages with a side shorter than\n";
  for (const auto& [px, count] : report.smaller_images) {
    out << "  " << std::left << std::setw(28) << (std::to_string(px) + " px") << std::right
        << std::setw(9) << count << (count > 0 ? "  would be blown up, which adds no detail" : "")
        << '\n';
  }
}

void write_published(std::ostream& out, const std::vector<PublishedCount>& counts) {
  if (counts.empty()) return;
  const auto agreeing = std::ranges::count_if(counts, &PublishedCount::agrees);
  out << "\nbeside what was published of CheXpert-v1.0\n  " << agreeing << " of " << counts.size()
      << " counts agree\n";
  for (const PublishedCount& count : counts) {
    if (count.agrees()) continue;
    out << "  " << count.what << ": " << count.found << ", published " << count.published << '\n';
  }
}

json findings_to_json(const std::vector<std::string>& findings,
                      const std::vector<MentionCounts>& counts) {
  json object = json::object();
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (const Mention mention :
         {Mention::positive, Mention::uncertain, Mention::negative, Mention::blank}) {
      object[findings[i]][name_of(mention)] = count_of(counts[i], mention);
    }
  }
  return object;
}

json part_to_json(const PartReport& part) {
  return {{"rows", part.rows},
          {"studies", part.studies},
          {"patients", part.patients},
          {"positive", part.positive},
          {"negative", part.negative},
          {"used", part.used()},
          {"dropped", part.dropped},
          {"overlap", part.overlap},
          {"used_images", part.images},
          {"views", part.views},
          {"described", part.described},
          {"studies_by_label", findings_to_json(part.findings, part.studies_by_mention)},
          {"images_by_label", findings_to_json(part.findings, part.rows_by_mention)},
          {"frontal_images_by_label", findings_to_json(part.findings, part.frontal_by_mention)},
          {"lateral_images_by_label", findings_to_json(part.findings, part.lateral_by_mention)}};
}

// Bytes of file names and cells that are not UTF-8 must not stop the report.
std::string dump(const json& object) {
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string report_text(const DataReport& report) {
  std::ostringstream out;
  out << "data set   " << report.root.string() << '\n'
      << "variant    " << (report.variant.empty() ? "(no folder in paths)" : report.variant) << '\n'
      << "target     " << report.labels.target << ", uncertain is " << report.labels.uncertain
      << '\n'
      << "negatives  " << report.labels.target << " = 0";
  for (const auto& name : report.labels.negatives) out << ", or " << name << " = 1";
  out << '\n'
      << "manifest   " << (report.data_manifest.empty() ? "(none)" : report.data_manifest) << '\n';
  write_part(out, report.train, report.labels);
  write_part(out, report.valid, report.labels);
  write_smaller(out, report);
  write_published(out, compare_with_published(report));
  if (!report.cache.empty()) out << "\nimage cache\n";
  for (const auto& manifest : report.cache) {
    out << "  " << manifest.resolution << " px  " << manifest.images << " images  SHA-256 "
        << manifest.images_sha256 << " expected\n";
  }
  return out.str();
}

std::string report_json(const DataReport& report, const Problems& problems) {
  json listed = json::array();
  for (const auto& problem : problems.sorted()) {
    listed.push_back({{"kind", plural_of(problem.kind)},
                      {"file", problem.file},
                      {"row", problem.row},
                      {"why", problem.why}});
  }
  json published = json::array();
  for (const PublishedCount& count : compare_with_published(report)) {
    published.push_back(
        {{"what", count.what}, {"published", count.published}, {"found", count.found}});
  }
  json smaller = json::object();
  for (const auto& [px, count] : report.smaller_images) smaller[std::to_string(px)] = count;
  json cache = json::array();
  for (const auto& manifest : report.cache) {
    cache.push_back({{"resolution", manifest.resolution},
                     {"images", manifest.images},
                     {"images_sha256", manifest.images_sha256}});
  }
  return dump({{"root", report.root.string()},
               {"variant", report.variant},
               {"target", report.labels.target},
               {"uncertain", report.labels.uncertain},
               {"negatives", report.labels.negatives},
               {"data_manifest", report.data_manifest},
               {"train_studies", report.train.used()},
               {"train_positive", report.train.positive},
               {"train_images", report.train.images},
               {"valid_studies", report.valid.used()},
               {"valid_positive", report.valid.positive},
               {"valid_images", report.valid.images},
               {"train", part_to_json(report.train)},
               {"valid", part_to_json(report.valid)},
               {"smaller_images", smaller},
               {"published", published},
               {"cache", cache},
               {"problems", listed}});
}

}  // namespace radsweep::data
