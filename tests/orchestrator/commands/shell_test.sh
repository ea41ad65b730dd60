#!/bin/sh
# Completion in the real shells: what Tab offers there. Skipped (77) where the shell is missing.
# usage: shell_test.sh bash|zsh|fish RADSWEEP
shell=$1
here=$(cd "$(dirname "$0")" && pwd)
command -v "$shell" >/dev/null || { echo "skipped: $shell is not installed"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -r "$folder"' EXIT
mkdir -p "$folder/bin" "$folder/runs/first" "$folder/sub"
cd "$folder" || exit 1
ln -s "$2" bin/radsweep
PATH=$folder/bin:$PATH HOME=$folder; export PATH HOME
touch runs/first/sweep.db one.yaml two.txt  # a name is all that stores are completed from
radsweep completion "$shell" >./completion || exit 1
status=0

# offers LINE WORD..: Tab after LINE offers exactly these words, in any order.
offers() {
  line=$1; shift
  wanted=$(printf '%s\n' "$@" | sort)
  got=$("$shell" "$here/tab.$shell" ./completion "$line" 2>&1 | sed "s|/\$||" | sort -u)
  [ "$got" = "$wanted" ] && return
  printf '%s: after "%s" it offers\n%s\ninstead of\n%s\n' "$shell" "$line" "$got" "$wanted"
  status=1
}

offers 'radsweep re' report results retry
offers 'radsweep data ' check prepare synth
offers 'radsweep results --fo' --format
offers 'radsweep results --format ' csv json latex md table
offers 'radsweep results --json --format c' csv
case $shell in bash) value=csv ;; *) value=--format=csv ;; esac  # bash goes on behind the "="
offers 'radsweep results --format=c' $value
offers 'radsweep status f' first
offers 'radsweep run o' one.yaml
offers 'radsweep run s' sub
offers 'radsweep predict --images t' two.txt
exit $status
