#!/bin/sh
# The arrows of the design: which folder may include from which. Fails naming every other arrow.
# usage: layers.sh SOURCE_ROOT
cd "$1" || exit 2
status=0

# may FOLDER ALLOWED...: every quoted include of FOLDER's sources starts with an allowed prefix.
may() {
  folder=$1; shift
  pattern=$(printf '%s/|' "$@"); pattern="^#include \"(${pattern%|})"
  bad=$(find "$folder" -maxdepth "${depth:-9}" \( -name '*.cc' -o -name '*.h' -o -name '*.cu' \) -exec grep -HnE '^#include "' {} + |
        grep -vE "^[^:]+:[0-9]+:${pattern#^}" | grep -v '"code_version.h"')
  [ -z "$bad" ] || { echo "$folder may include only from: $*"; echo "$bad"; status=1; }
}
# never FOLDER REGEX WHY: no angle include of FOLDER matches.
never() {
  bad=$(grep -rnE "^#include <($2)" "$1" --include='*.cc' --include='*.h')
  [ -z "$bad" ] || { echo "$1: $3"; echo "$bad"; status=1; }
}

may base base
may db db base
may orchestrator orchestrator db worker/attempt worker/wrap base
bad=$(grep -rn '^#include "orchestrator/slurm/' orchestrator --include='*.cc' --include='*.h' |
      grep -vE '^orchestrator/(slurm/|commands/|command_line.cc)')
[ -z "$bad" ] || { echo "orchestrator/slurm is known to the commands only"; echo "$bad"; status=1; }
may orchestrator/report orchestrator/report db worker/attempt base
may worker/attempt worker/attempt base
may worker/wrap worker/wrap worker/attempt base
may worker/data worker/data worker/attempt base
may worker/kernels worker/kernels base
may worker/model worker/model worker/kernels worker/attempt base
may worker/train worker/train worker/model worker/kernels worker/data worker/attempt base
may worker/commands worker base

for torch_free in base db orchestrator worker/attempt worker/wrap worker/data worker/model/import; do
  never $torch_free 'torch/|ATen/|c10/' 'LibTorch must not be here'
done
never orchestrator 'sqlite3|SQLiteCpp/' 'the database is reached through db/ only'
never worker 'sqlite3|SQLiteCpp/' 'a worker never touches the database'
for header in db/*.h; do
  grep -HnE '^#include <sqlite3' "$header" && { echo "sqlite3.h stays in db/'s .cc files"; status=1; }
done
# A name in a sweep, a path or a GPU's answer must never reach a shell.
shell='[^_[:alnum:]](system|popen|wordexp|execvp|execlp)[(]|"(/bin/)?(ba|da)?sh"'
if grep -rnE "$shell" base db orchestrator worker --include='*.cc' --include='*.h' |
   grep -vE '^[^:]+:[0-9]+: *//'; then
  echo "programs are started without a shell"; status=1
fi
[ $status = 0 ] && echo "all arrows hold"
exit $status
