# Podman twice, rootful and rootless (test/engines/podman), each with the images of test/images. The rootless one is that of a user made
# for it, whose home is elsewhere: the clone may lie where that user cannot enter.
# shellcheck shell=bash disable=SC2154

rootful=$state/rootful
user=cw$(printf %s "$state" | sha256sum | cut -c 1-8)
rootless=/var/tmp/$user
images=(clockwork.test/{shell,static,python})

backend_up() {
  ! backend_status >/dev/null 2>&1 || return 0
  local missing=()
  command -v podman >/dev/null && command -v runc >/dev/null && command -v newuidmap >/dev/null && command -v slirp4netns >/dev/null ||
    missing+=(podman runc uidmap slirp4netns containernetworking-plugins iptables)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v pgrep >/dev/null || missing+=(procps)
  [[ ${#missing[@]} -eq 0 ]] || "$root/test/apt-install" "${missing[@]}"
  id "$user" >/dev/null 2>&1 || useradd --create-home --home-dir "$rootless" --shell /bin/sh "$user"
  mkdir -p "$rootful"
  chmod 0755 "$rootless"
  local dir
  for dir in "$rootful" "$rootless"; do
    "$root/test/engines/podman" start "$dir"
    load "$dir"
  done
}

# load makes the images that are missing. The archive goes through standard input: an ordinary user cannot open it.
load() {
  local image archive
  for image in "${images[@]}"; do
    ! podman_ "$1" image exists "$image:test" || continue
    say "making the image $image:test for Podman in $1"
    archive=$("$root/test/images/build" "${image#*/}")
    podman_ "$1" import --quiet - "$image:test" <"$archive" >/dev/null
  done
}

backend_down() {
  [[ ! -d $rootful ]] || "$root/test/engines/podman" stop "$rootful"
  if id "$user" >/dev/null 2>&1; then
    [[ ! -d $rootless ]] || "$root/test/engines/podman" stop "$rootless"
    userdel "$user"
  fi
}

backend_status() {
  local dir
  for dir in "$rootful" "$rootless"; do
    [[ -d $dir ]] && "$root/test/engines/podman" pid "$dir" >/dev/null || return
    podman_ "$dir" image exists "${images[-1]}:test" || return
  done
  printf '%s at %s and %s\n' "$(podman --version)" "$(socket "$rootful")" "$(socket "$rootless")"
}

backend_vars() {
  printf 'export CLOCKWORK_TEST_PODMAN=%q\n' "$(socket "$rootful")"
  printf 'export CLOCKWORK_TEST_PODMAN_DOORS=%q\n' "$("$root/test/engines/podman" doors "$rootful")"
  printf 'export CLOCKWORK_TEST_PODMAN_ROOTLESS=%q\n' "$(socket "$rootless")"
  printf 'export CLOCKWORK_TEST_PODMAN_ROOTLESS_DOORS=%q\n' "$("$root/test/engines/podman" doors "$rootless")"
}

socket() { echo "unix://$("$root/test/engines/podman" socket "$1")"; }

podman_() { timeout 180 podman --remote --url "$(socket "$1")" "${@:2}"; }
