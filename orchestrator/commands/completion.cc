// radsweep completion: what a shell needs to complete radsweep's words.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

// The scripts hold no verb and no option: they ask `radsweep __complete` (complete.h), so that
// they fit the program that is typed, also after an update.
constexpr const char* kBash =
    R"script(# bash completion of radsweep, made by: radsweep completion bash
_radsweep() {
  local i word line keep last
  local -a words=()
  for ((i = 1; i <= COMP_CWORD; i++)); do  # bash splits words at "=", radsweep does not
    word=${COMP_WORDS[i]}
    if [[ ${#words[@]} -gt 0 && ($word == "=" || ${COMP_WORDS[i - 1]} == "=") ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
  done
  last=${words[${#words[@]} - 1]}
  keep=${last%"${last##*=}"}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      ":files "*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
          compgen -f -X "!*${line#:files }" -- "${last#"$keep"}"
          [[ $line == ":files " ]] || compgen -d -- "${last#"$keep"}") ;;
      *)
        word=${line%%$'\t'*}
        COMPREPLY+=("${word#"$keep"}") ;;
    esac
  done < <("${COMP_WORDS[0]/#\~/$HOME}" __complete "${words[@]}" 2>/dev/null)
}
complete -F _radsweep radsweep
)script";

constexpr const char* kZsh = R"script(#compdef radsweep
# zsh completion of radsweep, made by: radsweep completion zsh
_radsweep() {
  local line
  local -a candidates
  for line in "${(@f)$(${(Q)words[1]} __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      (":files "*) _files -g "*${line#:files }" ;;
      (?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( ${#candidates} )) && _describe radsweep candidates
}
if [[ ${funcstack[1]} == _radsweep ]]; then _radsweep "$@"; else compdef _radsweep radsweep; fi
)script";

constexpr const char* kFish =
    R"script(# fish completion of radsweep, made by: radsweep completion fish
function __radsweep_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case ':files *'
                set -l suffix (string replace ':files ' '' -- $line)
                if test -n "$suffix"
                    __fish_complete_suffix $suffix
                else
                    __fish_complete_path "$typed"
                end
            case '*'
                echo $line
        end
    end
end
complete -c radsweep -f -a '(__radsweep_complete)'
)script";

constexpr const char* kFooter = R"(
Completes verbs, options, their values, files, stores and runs. For every new shell:
  bash  radsweep completion bash > ~/.local/share/bash-completion/completions/radsweep
        (needs the package bash-completion; without it: source that file in ~/.bashrc)
  zsh   radsweep completion zsh > a file _radsweep in a folder of $fpath, before compinit
  fish  radsweep completion fish > ~/.config/fish/completions/radsweep.fish

Examples:
  radsweep completion fish | source      in this shell only
  source <(radsweep completion bash)     the same in bash; zsh alike
)";

}  // namespace

void add_completion(CLI::App& app, int&) {
  // one text: tests/layers.sh takes a quoted name of a shell for a program that is started
  const std::vector<std::string> shells = CLI::detail::split("bash zsh fish", ' ');
  const std::map<std::string, const char*> scripts = {
      {shells[0], kBash}, {shells[1], kZsh}, {shells[2], kFish}};
  auto shell = std::make_shared<std::string>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("completion", "Print a script for completion in a shell");
  verb->footer(kFooter);
  verb->add_option("SHELL", *shell, "Which shell")->required()->check(one_of(shells));
  verb->callback([shell, scripts] { std::cout << scripts.at(*shell) << std::flush; });
}

}  // namespace radsweep::orchestrator
