# A Docker engine of its own (test/engines/docker), with the images of test/images.
# shellcheck shell=bash disable=SC2154

socket=unix://$("$root/test/engines/docker" socket "$state")
images=(clockwork.test/{shell,static,python})

backend_up() {
  local missing=()
  command -v dockerd >/dev/null && command -v docker >/dev/null || missing+=(docker.io iptables)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v pgrep >/dev/null || missing+=(procps)
  [[ ${#missing[@]} -eq 0 ]] || "$root/test/apt-install" "${missing[@]}"
  "$root/test/engines/docker" start "$state"
  local image archive
  for image in "${images[@]}"; do
    ! docker_ image inspect "$image:test" >/dev/null 2>&1 || continue
    say "making the image $image:test for Docker"
    archive=$("$root/test/images/build" "${image#*/}")
    docker_ import "$archive" "$image:test" >/dev/null
  done
}

backend_down() { "$root/test/engines/docker" stop "$state"; }

backend_status() {
  local version
  version=$(docker_ version --format '{{.Server.Version}}, API {{.Server.APIVersion}}' 2>/dev/null) || return
  docker_ image inspect "${images[@]/%/:test}" >/dev/null 2>&1 || return
  printf 'Docker %s at %s\n' "$version" "$socket"
}

backend_vars() {
  printf 'export DOCKER_HOST=%q\n' "$socket"
  printf 'export CLOCKWORK_TEST_DOCKER=%q\n' "$socket"
}

docker_() { DOCKER_CONFIG=$state timeout 120 docker --host "$socket" "$@"; }
