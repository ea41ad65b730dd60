#include "orchestrator/commands/man_page.h"

#include <CLI/CLI.hpp>
#include <sstream>

#include "orchestrator/commands/one_of.h"

namespace radsweep::orchestrator {
namespace {

// Text that roff takes for nothing else: no commands at the beginning of a line, no escapes, and
// hyphens that are searched and copied as they were typed.
std::string plain(const std::string& text) {
  std::string safe;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) safe += "\\&";
    at_start = c == '\n';
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string trimmed(std::string text) {
  const auto begin = text.find_first_not_of('\n');
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of('\n') + 1 - begin);
}

// What --help ends with, line by line as it is. Empty lines become paragraphs: mandoc asks for it.
std::string as_it_is(const std::string& text) {
  std::istringstream lines(trimmed(text));
  std::string block = ".nf\n";
  for (std::string line; std::getline(lines, line);) {
    block += line.empty() ? ".fi\n.PP\n.nf\n" : plain(line) + "\n";
  }
  return block + ".fi\n";
}

// "FILE.yaml", "table|csv|json"; "" for flags.
std::string value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return "";
  const auto words = words_of(option);
  if (!words.empty()) return CLI::detail::join(words, "|");
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

std::string names_of(const CLI::Option& option) {
  std::string names;
  const auto add = [&](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  for (const std::string& name : option.get_snames()) add("-" + name);
  for (const std::string& name : option.get_lnames()) add("--" + name);
  return names.empty() ? option.get_name() : names;
}

std::string option_entry(const CLI::Option& option) {
  const std::string value = option.get_positional() ? "" : value_of(option);
  std::string entry = ".TP\n\\fB" + plain(names_of(option)) + "\\fR";
  if (!value.empty()) entry += " \\fI" + plain(value) + "\\fR";
  std::string help = plain(option.get_description());
  if (!option.get_default_str().empty()) help += " [" + plain(option.get_default_str()) + "]";
  return entry + "\n" + help + "\n";
}

std::string usage_of(const CLI::App& verb, const std::string& name) {
  std::string usage = "\\fB" + plain(name) + "\\fR";
  if (!verb.get_subcommands({}).empty()) usage += " \\fICOMMAND\\fR";
  for (const CLI::Option* option : verb.get_options()) {
    if (!option->get_positional()) continue;
    std::string word = "\\fI" + plain(option->get_name()) + "\\fR";
    if (option->get_items_expected_max() > 1) word += " ...";
    usage += option->get_required() ? " " + word : " [" + word + "]";
  }
  return usage + " [\\fIoptions\\fR]";
}

std::string verb_section(const CLI::App& verb) {
  std::string text = ".SS " + plain(verb.get_name()) + "\n" +
                     usage_of(verb, "radsweep " + verb.get_name()) + "\n.PP\n" +
                     plain(verb.get_description()) + ".\n";
  for (const CLI::App* inner : verb.get_subcommands({})) {
    text += ".TP\n\\fB" + plain(verb.get_name() + " " + inner->get_name()) + "\\fR\n" +
            plain(inner->get_description()) + "\n";
  }
  for (const CLI::Option* option : verb.get_options()) {
    if (option != verb.get_help_ptr()) text += option_entry(*option);
  }
  return text + ".PP\n" + as_it_is(verb.get_footer());
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
  std::string page = ".TH RADSWEEP 1 \"\" \"radsweep " + version + "\" \"radsweep manual\"\n" +
                     ".SH NAME\nradsweep \\- train a grid of networks on all GPUs of a machine\n" +
                     ".SH SYNOPSIS\n" + usage_of(app, "radsweep") + "\n" + ".SH DESCRIPTION\n" +
                     plain(app.get_description()) + "\n" + ".SH COMMANDS\n";
  for (const CLI::App* verb : app.get_subcommands({})) page += verb_section(*verb);
  page += ".SH EXAMPLES AND EXIT CODES\n" + as_it_is(app.get_footer());
  return page;
}

}  // namespace radsweep::orchestrator
