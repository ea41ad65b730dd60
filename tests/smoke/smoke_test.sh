#!/usr/bin/env bash
# The shipped smoke sweep with the real worker, from its sweep file to the README's questions:
# once undisturbed, once killed with -9 halfway and repeated. Needs the sqlite3 shell.
# usage: smoke_test.sh RADSWEEP SOURCE_ROOT
set -euo pipefail
radsweep=$1 source=$2
folder=$(mktemp -d)
failures=0

clean_up() {
  "$radsweep" stop "$folder/killed/runs/smoke" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean_up EXIT

# claim TEXT COMMAND...: the command succeeds.
claim() {
  local text=$1; shift
  if "$@"; then echo "ok: $text"; else echo "FAILED: $text"; failures=$((failures + 1)); fi
}
equal() { [ "$1" = "$2" ] || { printf '  got      %s\n  expected %s\n' "$1" "$2"; return 1; }; }
ask() { sqlite3 -readonly "$1/runs/smoke/sweep.db" "$2"; }

# In a folder of its own, with one worker, so that a kill meets the second run before its start.
sweep() {
  mkdir -p "$1"
  (cd "$1" && exec "$radsweep" run "$source/sweeps/smoke.yaml" --cpu-slots 1) >"$1/out" 2>"$1/err"
}

numbers() {
  ask "$1" "SELECT run_id, epoch, phase, train_loss, valid_loss, valid_auc, is_best FROM epochs ORDER BY 1, 2;
            SELECT run_id, study, label, probability FROM predictions ORDER BY 1, 2;"
}
weights() {
  ask "$1" "SELECT run_id || '/' || attempts FROM runs ORDER BY 1" |
    while read -r attempt; do sha256sum <"$1/runs/smoke/$attempt/best.safetensors"; done
}

calm=$folder/calm killed=$folder/killed
claim "the smoke sweep completes" sweep "$calm"
claim "every run is done" equal "$(ask "$calm" "SELECT state, count(*) FROM runs GROUP BY state")" "done|2"

# Kills orchestrator and worker when the first run has a checkpoint. Fails when that was too late: a
# run takes some tenths of a second.
kill_halfway() {
  rm -rf "$killed" && mkdir "$killed"
  (cd "$killed" && exec "$radsweep" run "$source/sweeps/smoke.yaml" --cpu-slots 1) >"$killed/out" 2>"$killed/err" &
  local orchestrator=$!
  for _ in $(seq 6000); do
    compgen -G "$killed/runs/smoke/*/1/last.ckpt" >/dev/null && break
    kill -0 "$orchestrator" 2>/dev/null || break
    sleep 0.01
  done
  kill -9 "$orchestrator" $(ask "$killed" "SELECT pid FROM attempt WHERE ended_ms IS NULL AND pid IS NOT NULL") || true
  wait "$orchestrator" 2>/dev/null || true
  ls "$killed"/runs/smoke/*/1/last.ckpt >/dev/null && ! compgen -G "$killed/runs/smoke/*/1/result.json" >/dev/null
}
kill_in_time() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill_halfway && return; done
  return 1
}
claim "a sweep is killed while its first run trains and has a checkpoint" kill_in_time
claim "the same command completes it" sweep "$killed"
claim "the killed run took more than one attempt" test "$(ask "$killed" "SELECT max(attempt) FROM attempt")" -gt 1
claim "its numbers are those of the undisturbed sweep" equal "$(numbers "$killed" | sha256sum)" "$(numbers "$calm" | sha256sum)"
claim "each run left its best weights" equal "$(weights "$calm" | wc -l)" 2
claim "its best weights are those of the undisturbed sweep" equal "$(weights "$killed")" "$(weights "$calm")"

attempts=$(ask "$killed" "SELECT count(*) FROM attempt")
claim "the finished sweep repeated returns at once" sweep "$killed"
claim "and starts no worker" equal "$(ask "$killed" "SELECT count(*) FROM attempt")" "$attempts"

# The share of pairs (sick, healthy) that the probabilities order rightly, ties half: the AUC.
recomputed="WITH auc(run_id, value) AS (
  SELECT run_id, avg(CASE WHEN sick.probability > healthy.probability THEN 1.0
                      WHEN sick.probability = healthy.probability THEN 0.5 ELSE 0 END)
  FROM predictions sick JOIN predictions healthy USING (run_id)
  WHERE sick.label = 1 AND healthy.label = 0 GROUP BY run_id)
SELECT resolution, architecture, count(*), round(avg(value), 9),
  round(sqrt((sum(value * value) - count(*) * avg(value) * avg(value)) / (count(*) - 1)), 6)
FROM auc JOIN runs USING (run_id) GROUP BY resolution, architecture"
claim "the summary is what the predictions give" equal \
  "$(ask "$calm" "SELECT resolution, architecture, n, round(auc_mean, 9), round(auc_std, 6) FROM summary")" \
  "$(ask "$calm" "$recomputed")"

# Doubles as both sides print them: compared to 12 digits.
digits() { awk -F'[|,]' '{printf "%s %s %.12f\n", $1, $2, $3}'; }
data=$(echo "$calm"/runs/.data/*)
claim "a run predicts on its validation studies what it stored" equal \
  "$("$radsweep" predict "$calm/runs/smoke" 32-tiny-s1 --data "$data" | tail -n +2 | digits)" \
  "$(ask "$calm" "SELECT study, label, probability FROM predictions WHERE run_id = '32-tiny-s1' ORDER BY 1" | digits)"
claim "a cell's seeds predict with their mean logit" equal \
  "$("$radsweep" predict "$calm/runs/smoke" --cell 32xtiny --data "$data" | tail -n +2 | digits)" \
  "$(ask "$calm" "SELECT study, label, 1 / (1 + exp(-avg(ln(probability / (1 - probability))))) FROM predictions
                  GROUP BY study ORDER BY 1" | digits)"
image=$(find "$data/valid" -name '*.jpg' | head -n 1)
claim "and on a loose image" equal \
  "$("$radsweep" predict "$calm/runs/smoke" 32-tiny-s2 --images "$image" | wc -l)" 2

# The README's SQL, one statement a time, through the verb it recommends.
statement=
count=0
while IFS= read -r line; do
  statement+=$line$'\n'
  [[ $line == *';' ]] || continue
  claim "the README's query answers: ${line:0:60}" "$radsweep" sql "$calm/runs/smoke" "$statement"
  statement= count=$((count + 1))
done < <(sed -n '/^```sql/,/^```$/{/^```/d;p}' "$source/README.md")
claim "the README asks five questions" equal "$count" 5

# How fast it would be, in a folder without anything.
mkdir "$folder/bench"
claim "its speed is measured without its data" \
  bash -c 'cd "$1" && "$2" bench "$3/sweeps/smoke.yaml" --cpu-slots 1 --steps 3 -o speeds.json >out 2>err' - \
  "$folder/bench" "$radsweep" "$source"
claim "and the time of both runs predicted" grep -qE 'for 2 runs on 1 slot' "$folder/bench/out"
claim "which a plan takes over" grep -q 'by the speeds of speeds.json (CPU, ' \
  <(cd "$folder/bench" && "$radsweep" plan "$source/sweeps/smoke.yaml" --cpu-slots 1 --speeds speeds.json)
claim "leaving nothing but the file asked for" equal "$(ls "$folder/bench" | tr '\n' ' ')" "err out speeds.json "

claim "results are printed" grep -q '32-tiny-s' <("$radsweep" results "$calm/runs/smoke")
claim "the report is one HTML file" grep -q '</html>' <("$radsweep" report "$calm/runs/smoke" -o "$folder/r.html" >/dev/null 2>&1; cat "$folder/r.html")
[ "$failures" = 0 ] || { tail -n 20 "$calm/err" "$killed/err"; echo "$failures failed"; exit 1; }
