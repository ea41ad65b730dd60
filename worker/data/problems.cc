#include "worker/data/problems.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"

namespace radsweep::data {
namespace {

std::string line_of(const Problem& problem) {
  std::string where = problem.file;
  if (problem.row > 0) where += ":" + std::to_string(problem.row);
  return "  " + where + ": " + problem.why + "\n";
}

}  // namespace

const char* plural_of(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::missing_file:
      return "missing files";
    case ProblemKind::bad_header:
      return "unusable headers";
    case ProblemKind::malformed_row:
      return "malformed rows";
    case ProblemKind::bad_path:
      return "unusable paths";
    case ProblemKind::bad_value:
      return "unusable label values";
    case ProblemKind::duplicate_image:
      return "images named twice";
    case ProblemKind::labels_differ:
      return "rows whose labels differ within a study";
    case ProblemKind::too_few_studies:
      return "parts without usable studies";
    case ProblemKind::missing_image:
      return "missing images";
    case ProblemKind::bad_image:
      return "unreadable images";
    case ProblemKind::bad_cache:
      return "cache files that differ from their manifest";
  }
  return "problems";
}

void Problems::add(Problem problem) {
  const std::scoped_lock lock(mutex_);
  problems_.push_back(std::move(problem));
}

std::size_t Problems::count() const {
  const std::scoped_lock lock(mutex_);
  return problems_.size();
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> problems;
  {
    const std::scoped_lock lock(mutex_);
    problems = problems_;
  }
  std::ranges::stable_sort(problems, [](const Problem& a, const Problem& b) {
    return std::tie(a.kind, a.file, a.row) < std::tie(b.kind, b.file, b.row);
  });
  return problems;
}

std::string Problems::listing(std::size_t per_kind) const {
  const std::vector<Problem> problems = sorted();
  std::string text;
  for (auto first = problems.begin(); first != problems.end();) {
    const auto end = std::find_if(first, problems.end(),
                                  [first](const Problem& p) { return p.kind != first->kind; });
    const auto total = static_cast<std::size_t>(end - first);
    text += std::to_string(total) + " " + plural_of(first->kind) + ":\n";
    const std::size_t listed = std::min(total, per_kind);
    for (std::size_t i = 0; i < listed; ++i) text += line_of(first[static_cast<long>(i)]);
    if (listed < total) text += "  ... and " + std::to_string(total - listed) + " more\n";
    first = end;
  }
  if (!text.empty()) text.pop_back();
  return text;
}

void Problems::throw_if_any(const std::filesystem::path& root, std::size_t per_kind,
                            const std::string& hint) const {
  if (empty()) return;
  throw Error(ExitCode::environment, "use the data set", root.string(), listing(per_kind), hint);
}

}  // namespace radsweep::data
