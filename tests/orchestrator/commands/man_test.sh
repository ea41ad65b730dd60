#!/bin/sh
# The manual names every verb and is sound for man(1) and mandoc(1), as far as they are installed.
# usage: man_test.sh RADSWEEP
radsweep=$1
page=$(mktemp -d) || exit 1
trap 'rm -r "$page"' EXIT
"$radsweep" man >"$page/radsweep.1" || exit 1
fail() { echo "$*"; exit 1; }

"$radsweep" __complete '' | cut -f 1 | while read -r verb; do
  grep -q "^\.SS $verb\$" "$page/radsweep.1" || fail "no section for $verb"
done || exit 1
grep -q -- '\\-\\-progress.* .*auto|tty|plain|none' "$page/radsweep.1" || fail "no choices of --progress"

checked=
if command -v man >/dev/null; then
  complaints=$(MANWIDTH=100 man --warnings -l "$page/radsweep.1" 2>&1 >"$page/text") || fail "man: $complaints"
  [ -z "$complaints" ] || fail "man: $complaints"
  grep -q 'radsweep run sweeps/smoke.yaml' "$page/text" || fail "an example is not shown as it is typed"
  checked="$checked man"
fi
if command -v mandoc >/dev/null; then
  # the page has no date: it would change with every build
  complaints=$(mandoc -Tlint -Wwarning "$page/radsweep.1" | grep -v 'missing date')
  [ -z "$complaints" ] || fail "$complaints"
  checked="$checked mandoc"
fi
[ -n "$checked" ] || { echo "skipped in part: neither man nor mandoc is installed"; exit 77; }
echo "sound for$checked"
