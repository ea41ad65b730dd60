#!/usr/bin/env bash
# Installs into a prefix, moves it, uses what is there; builds the .deb and looks into it. Skipped in
# part (77) without dpkg-dev. usage: install_test.sh CMAKE CPACK BUILD_FOLDER CONFIG
set -euo pipefail
cmake=$1 cpack=$2 build=$3 config=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

touch "$folder/before"
"$cmake" --install "$build" --config "$config" --prefix "$folder/first" >"$folder/log" || { cat "$folder/log"; fail install; }
mv "$folder/first" "$folder/moved"
prefix=$folder/moved
for file in share/man/man1/radsweep.1 share/bash-completion/completions/radsweep \
  share/zsh/vendor-completions/_radsweep share/fish/vendor_completions.d/radsweep.fish \
  share/doc/radsweep/sweeps/chexpert.yaml share/doc/radsweep/sweeps/template.yaml \
  share/doc/radsweep/sweeps/own_trainer/train.py share/doc/radsweep/sweeps/own_trainer/sweep.yaml \
  share/doc/radsweep/db/README.md share/doc/radsweep/CONTRIBUTING.md share/doc/radsweep/CHANGELOG.md \
  share/doc/radsweep/requirements/LIBRARIES.md; do
  [ -s "$prefix/$file" ] || fail "$file is not installed"
done
for link in $(grep -oE '\]\([^)#:]+[#)]' "$prefix/share/doc/radsweep/README.md" | tr -d '](#)'); do
  [ -e "$prefix/share/doc/radsweep/$link" ] || fail "the installed README links to $link, which is not there"
done
# Testing/ is ctest's own, which runs beside
left=$(find "$build" -newer "$folder/before" -type f ! -name 'install_manifest*.txt' ! -path "$build/Testing/*")
[ -z "$left" ] || fail "installing wrote into the build folder: $left"
grep -q '^\.SH' "$prefix/share/man/man1/radsweep.1" || fail "the manual is none"
export PATH=$prefix/bin:$PATH
radsweep --version | grep -q '^radsweep [0-9]' || fail "--version"
(cd "$folder" && radsweep init >/dev/null && [ -s sweep.yaml ]) || fail "init"
[ "$(radsweep __complete serv | cut -f 1)" = serve ] || fail "completion"
if [ -e "$prefix/bin/radsweep-worker" ]; then
  readelf -d "$prefix/bin/radsweep-worker" | grep -q 'ORIGIN/../lib/radsweep/torch/lib' || fail "the worker's way to LibTorch"
  if [ -e "$build/bin/libradsweep_cuda_graphs.so" ]; then
    [ -e "$prefix/lib/radsweep/libradsweep_cuda_graphs.so" ] || fail "the worker's library for CUDA graphs is not installed"
    readelf -d "$prefix/bin/radsweep-worker" | grep -q 'ORIGIN/../lib/radsweep:' || fail "the worker's way to its library"
  fi
fi

command -v dpkg-shlibdeps >/dev/null || { echo "skipped in part: dpkg-dev is not installed, no .deb"; exit 77; }
"$cpack" --config "$build/CPackConfig.cmake" -C "$config" -B "$folder/deb" >"$folder/log" 2>&1 || { cat "$folder/log"; fail cpack; }
deb=$(echo "$folder"/deb/radsweep_*.deb)
dpkg-deb --contents "$deb" >"$folder/contents"
for file in ./usr/bin/radsweep ./usr/share/man/man1/radsweep.1 ./usr/share/bash-completion/completions/radsweep; do
  grep -q " $file\$" "$folder/contents" || fail "$file is not in the .deb"
done
if grep -Ei 'libtorch|libc10' "$folder/contents"; then fail "LibTorch is in the .deb"; fi
dpkg-deb --field "$deb" Depends | grep -q 'libsqlite3-0' || fail "the .deb does not depend on SQLite"
dpkg-deb --field "$deb" Depends | grep -q 'libcpp-httplib' || fail "the .deb does not depend on cpp-httplib"
echo "installed, moved, packed"
