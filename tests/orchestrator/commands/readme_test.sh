#!/usr/bin/env bash
# Every command that the documents show exists, with the options shown: `radsweep VERB --option` in
# blocks and between backticks, and the verbs of ./dev. usage: readme_test.sh RADSWEEP SOURCE_ROOT
set -euo pipefail
radsweep=$1 source=$2
failures=0 seen=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
offered() { "$radsweep" __complete "$@" | cut -f 1; }
has_line() { grep -qxF -- "$1"; }

# shown DOCUMENT PROGRAM: what follows the program's name, up to what ends a command in prose or shell
shown() {
  awk '/^```/ { inside = !inside; next } inside' "$1" | grep -oE "(^|[(;&|] ?)$2 [^|<>)&;]*" || true
  grep -oE "\`$2 [^\`]*\`" "$1" | tr -d '\`' || true
}

check_radsweep() {
  local words=($1) verb word inner
  verb=${words[1]:-}
  [[ $verb =~ ^[a-z]+$ ]] || { has_line "$verb" <<<"--version" || fail "$2: '$1' has no verb"; return 0; }
  seen=$((seen + 1))
  offered '' | has_line "$verb" || { fail "$2: '$1': there is no radsweep $verb"; return 0; }
  case $verb in
    data | weights)
      inner=${words[2]:-}
      offered "$verb" '' | has_line "$inner" || fail "$2: '$1': there is no radsweep $verb $inner"
      return 0 ;;
    export | predict) return 0 ;;  # the worker's, with its own options
  esac
  for word in "${words[@]:2}"; do
    case $word in --*) offered "$verb" -- | has_line "${word%%=*}" || fail "$2: '$1': radsweep $verb has no ${word%%=*}" ;; esac
  done
}

for document in README.md CONTRIBUTING.md; do
  while IFS= read -r line; do
    check_radsweep "${line#*radsweep}" "$document"
  done < <(shown "$source/$document" radsweep | sed 's/^.*radsweep /radsweep radsweep /')
  while read -r verb; do
    "$source/dev" help | grep -qE "^  $verb( |$)" || fail "$document: there is no ./dev $verb"
  done < <(grep -ohE '\./dev [a-z]+' "$source/$document" | cut -d ' ' -f 2 | grep -vx help | sort -u)
done
[ "$seen" -ge 20 ] || fail "only $seen commands were found"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && "$radsweep" init >/dev/null && [ -s sweep.yaml ] && [ -s radsweep.schema.json ]) ||
  fail "radsweep init does not write what the README says"
[ "$failures" = 0 ] || exit 1
echo "$seen commands shown, all of them exist"
