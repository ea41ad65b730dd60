#!/usr/bin/env bash
# The report and the served page in headless Chromium: charts are drawn, nothing is complained of.
# Skipped (77) without it. usage: browser_test.sh RADSWEEP STORE_MAKER
set -euo pipefail
radsweep=$1 store_maker=$2
command -v chromium >/dev/null || { echo "skipped: chromium is not installed"; exit 77; }
folder=$(mktemp -d)
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
fail() { echo "FAILED: $*"; cat "$folder"/*.err; exit 1; }

# page NAME URL: the page after its scripts ran, in NAME.dom; what the console said in NAME.console
page() {
  chromium --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" --enable-logging=stderr \
    --virtual-time-budget=8000 --dump-dom "$2" >"$folder/$1.dom" 2>"$folder/$1.err" || fail "chromium on $2"
  grep CONSOLE "$folder/$1.err" >"$folder/$1.console" || true
}
# drawn NAME: 2 architectures x 3 resolutions, three panels each, the main figure, two schedules
drawn() {
  [ "$(grep -c '<svg class="chart"' "$folder/$1.dom")" = 21 ] || fail "$1: not 21 charts"
  [ "$(grep -c 'class="marker' "$folder/$1.dom")" -ge 6 ] || fail "$1: no markers"
  [ ! -s "$folder/$1.console" ] || fail "$1: the console says: $(cat "$folder/$1.console")"
}

"$store_maker" "$folder/store"
"$radsweep" report "$folder/store" >"$folder/path"
page report "file://$folder/store/report.html"
drawn report

"$radsweep" serve "$folder/store" --port 0 >"$folder/url" 2>"$folder/serve.err" &
server=$!
for _ in $(seq 200); do [ ! -s "$folder/url" ] || break; sleep 0.05; done
page served "$(cat "$folder/url")"
drawn served
grep -q 'id="live"[^>]*>16 of 18 runs done, 2 failed' "$folder/served.dom" || fail "the script told nothing"
kill -INT "$server"
wait "$server" || fail "serve ended with $?"
server=
echo "charts are drawn, the script tells where the sweep stands"
