#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "orchestrator/progress.h"
#include "orchestrator/progress/styled_line.h"
#include "orchestrator/progress/sweep_text.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::orchestrator {
namespace {

// ASCII only: the picture is right in every locale.
struct Canvas {
  int columns;
  bool colour;
  std::vector<std::string> lines;

  StyledLine line() const { return {columns, colour}; }
  void put(const StyledLine& line) { lines.push_back(line.text()); }
  void gap() { lines.emplace_back(); }
};

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void draw_head(const SweepView& view, Canvas& canvas) {
  StyledLine head = canvas.line();
  head.add(view.name, Colour::bold).add("  ").add(counts_text(view.counts));
  if (view.eta_s && *view.eta_s > 0)
    head.add("  about " + report::duration_text(*view.eta_s) + " left", Colour::cyan);
  canvas.put(head);

  const double fraction = done_fraction(view);
  const std::string percent = " " + std::to_string(static_cast<int>(100 * fraction)) + " %";
  const int room = std::min(60, canvas.columns - 2 - static_cast<int>(percent.size()));
  if (room < 5) return;
  const auto full = static_cast<std::size_t>(fraction * room);
  canvas.put(canvas.line()
                 .add("[")
                 .add(std::string(full, '#'), Colour::green)
                 .add(std::string(static_cast<std::size_t>(room) - full, '.'), Colour::dim)
                 .add("]" + percent));
}

// AUCs lie in 0..1; nothing is known of the size of another objective.
std::string value_text(const SweepView& view, double value) {
  return view.objective.empty() ? fixed(value, 3) : report::significant(value, 4);
}

// "3/5 +2 !1 0.831": done of total, running, failed, mean AUC or objective.
void draw_cell(const SweepView& view, const CellView& cell, StyledLine& line) {
  line.add(std::to_string(cell.done) + "/" + std::to_string(cell.total),
           cell.done == cell.total ? Colour::green : Colour::none);
  if (cell.running > 0) line.add(" +" + std::to_string(cell.running), Colour::cyan);
  if (cell.failed > 0) line.add(" !" + std::to_string(cell.failed), Colour::red);
  if (cell.mean) line.add(" " + value_text(view, *cell.mean), Colour::bold);
}

int width_of(const SweepView& view, const CellView& cell) {
  StyledLine line(1000, false);
  draw_cell(view, cell, line);
  return line.width();
}

// "320 px base_lr=0.01"; a program of the user's knows no resolution: "lr=0.01".
struct RowLabel {
  RowLabel(const SweepView& view, int px, const std::string& variant)
      : resolution(view.objective.empty() ? std::to_string(px) + " px" : ""),
        rest((resolution.empty() || variant.empty() ? "" : " ") + variant) {}
  int width() const { return display_width(resolution) + display_width(rest); }
  std::string resolution, rest;
};

// Over a column: of a program of the user's, which has one only, what its values are.
std::string title_of(const SweepView& view, const std::string& architecture) {
  return view.objective.empty() ? architecture : view.objective;
}

// Rows are resolutions (and variants), columns architectures, both in the order they come in.
void draw_matrix(const SweepView& view, Canvas& canvas) {
  using Row = std::pair<int, std::string>;
  std::vector<Row> rows;
  std::vector<std::pair<std::string, int>> columns;  // architecture, width
  std::map<std::pair<Row, std::string>, const CellView*> cells;
  int label_width = 0;
  for (const CellView& cell : view.cells) {
    const Row row{cell.resolution, cell.variant};
    if (std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
    label_width = std::max(label_width, 2 + RowLabel(view, row.first, row.second).width());
    auto column =
        std::ranges::find(columns, cell.architecture, &std::pair<std::string, int>::first);
    if (column == columns.end()) {
      column = columns.insert(
          columns.end(), {cell.architecture, display_width(title_of(view, cell.architecture))});
    }
    column->second = std::max(column->second, width_of(view, cell));
    cells[{row, cell.architecture}] = &cell;
  }
  if (rows.empty()) return;

  canvas.gap();
  const auto draw_row = [&](StyledLine line, const auto& draw) {
    int at = label_width;
    for (const auto& [architecture, width] : columns) {
      line.pad_to(at);
      draw(architecture, line);
      at += width + 2;
    }
    canvas.put(line);
  };
  draw_row(canvas.line(), [&view](const std::string& architecture, StyledLine& line) {
    line.add(title_of(view, architecture), Colour::dim);
  });
  for (const Row& row : rows) {
    StyledLine line = canvas.line();
    const RowLabel label(view, row.first, row.second);
    line.add(label.resolution).add(label.rest, Colour::dim);
    draw_row(std::move(line), [&](const std::string& architecture, StyledLine& into) {
      const auto cell = cells.find({row, architecture});
      if (cell != cells.end()) draw_cell(view, *cell->second, into);
    });
  }
}

// A piece of a slot's row. Where a terminal is too narrow for all, the highest `spare` goes first.
struct Piece {
  std::string text;
  int spare = 0;
  Colour colour = Colour::none;
};

// "epoch 3/7 full", "45 %", "step 812/1800", ...
std::vector<Piece> tell_beat(const attempt::Beat& beat) {
  std::vector<Piece> pieces{{"epoch " + std::to_string(beat.epoch + 1) + "/" +
                                 std::to_string(beat.total_epochs) + " " + beat.phase,
                             1}};
  if (beat.total_steps > 0) {
    pieces.push_back({std::to_string(100 * beat.step / beat.total_steps) + " %", 2});
    pieces.push_back(
        {"step " + std::to_string(beat.step) + "/" + std::to_string(beat.total_steps), 8});
  }
  // a validation takes no step, so it has no loss to tell
  if (beat.step > 0 && beat.phase != "validating")
    pieces.push_back({"loss " + fixed(beat.loss, 3), 5});
  if (beat.images_per_second > 0)
    pieces.push_back({fixed(beat.images_per_second, 0) + " img/s", 6});
  if (beat.memory_mb > 0)
    pieces.push_back({fixed(beat.memory_mb / 1024, 1) + " GB", 7, Colour::dim});
  return pieces;
}

// Of a program of the user's is known what it reported, in its own way of counting epochs.
std::vector<Piece> tell_own_beat(const attempt::Beat& beat) {
  std::vector<Piece> pieces{
      {beat.step > 0 ? "epoch " + std::to_string(beat.epoch) : "no report yet", 1}};
  if (beat.memory_mb > 0)
    pieces.push_back({fixed(beat.memory_mb / 1024, 1) + " GB", 7, Colour::dim});
  return pieces;
}

std::vector<Piece> tell_run(const SweepView& view, const SlotView& slot) {
  std::vector<Piece> pieces{{"starting", 1, Colour::dim}};
  if (slot.beat)
    pieces = view.objective.empty() ? tell_beat(*slot.beat) : tell_own_beat(*slot.beat);
  if (slot.best) pieces.push_back({"best " + value_text(view, *slot.best), 0, Colour::bold});
  if (slot.eta_s) pieces.push_back({report::duration_text(*slot.eta_s) + " left", 4, Colour::cyan});
  if (slot.stalled) pieces.push_back({"STALLED", 0, Colour::yellow});
  if (slot.attempt > 1)
    pieces.push_back({"attempt " + std::to_string(slot.attempt), 3, Colour::dim});
  return pieces;
}

void drop_what_does_not_fit(std::vector<Piece>& pieces, int room) {
  const auto width = [&pieces] {
    int sum = -2;  // nothing before the first
    for (const Piece& piece : pieces) sum += 2 + display_width(piece.text);
    return sum;
  };
  while (width() > room) {
    const auto spare = std::ranges::max_element(pieces, {}, &Piece::spare);
    if (spare->spare == 0) return;
    pieces.erase(spare);
  }
}

void draw_run(const SweepView& view, const SlotView& slot, int room, StyledLine& line) {
  std::vector<Piece> pieces = tell_run(view, slot);
  drop_what_does_not_fit(pieces, room);
  for (const Piece& piece : pieces) {
    if (&piece != &pieces.front()) line.add("  ");
    line.add(piece.text, piece.colour);
  }
}

void draw_slots(const SweepView& view, Canvas& canvas) {
  int slot_width = 0, run_width = 0;
  for (const SlotView& slot : view.slots) {
    slot_width = std::max(slot_width, display_width(slot.slot));
    run_width = std::max(run_width, display_width(slot.run));
  }
  if (!view.slots.empty()) canvas.gap();
  for (const SlotView& slot : view.slots) {
    StyledLine line = canvas.line();
    line.add(slot.slot, Colour::dim).pad_to(slot_width + 2);
    if (slot.run.empty() && !slot.problem.empty()) {
      line.add("not used: " + slot.problem, Colour::yellow);
    } else if (slot.run.empty()) {
      line.add("idle", Colour::dim);
    } else {
      line.add(slot.run, Colour::cyan).pad_to(slot_width + 2 + run_width + 2);
      draw_run(view, slot, canvas.columns - line.width(), line);
    }
    canvas.put(line);
  }
}

}  // namespace

std::vector<std::string> render_view(const SweepView& view, int columns, bool colour) {
  Canvas canvas{std::max(1, columns), colour, {}};
  draw_head(view, canvas);
  draw_matrix(view, canvas);
  draw_slots(view, canvas);
  if (!view.events.empty()) canvas.gap();
  for (const std::string& event : view.events) canvas.put(canvas.line().add(event, Colour::dim));
  return canvas.lines;
}

}  // namespace radsweep::orchestrator
