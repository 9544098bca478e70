# A registry on a loopback port of its own choice, which serves the images of test/images as clockwork.test/NAME:test. Docker, which
# it brings up, pushes them.
# shellcheck shell=bash disable=SC2154

images=(clockwork.test/{shell,static,python})

backend_up() {
  ! backend_status >/dev/null 2>&1 || return 0
  command -v docker-registry >/dev/null || "$root/test/apt-install" docker-registry
  "$root/test/env" up docker
  mkdir -p "$state"
  cat >"$state/config.yml" <<TEXT
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $state/data}, delete: {enabled: true}}
http: {addr: "127.0.0.1:0", secret: tests}
TEXT
  : >"$state/log"
  OTEL_TRACES_EXPORTER=none setsid docker-registry serve "$state/config.yml" >"$state/log" 2>&1 </dev/null &
  echo $! >"$state/pid"
  local left=100
  until [[ -n $(address) ]]; do
    ((left-- > 0)) || die "cannot start docker-registry: $(tail -n 3 "$state/log")"
    sleep 0.1
  done
  local socket image
  socket=unix://$("$root/test/engines/docker" socket "${state%/*}/docker")
  for image in "${images[@]}"; do
    say "pushing $image:test to the registry at $(address)"
    docker --host "$socket" tag "$image:test" "$(address)/$image:test"
    docker --host "$socket" push --quiet "$(address)/$image:test" >/dev/null
    docker --host "$socket" rmi --no-prune "$(address)/$image:test" >/dev/null
  done
  touch "$state/filled"
}

backend_down() {
  ! alive || kill "$(<"$state/pid")"
  rm -rf "$state"
}

backend_status() {
  alive && [[ -f $state/filled ]] || return
  printf 'docker-registry at %s\n' "$(address)"
}

backend_vars() { printf 'export CLOCKWORK_TEST_REGISTRY=%q\n' "$(address)"; }

alive() { tr '\0' ' ' <"/proc/$(<"$state/pid")/cmdline" 2>/dev/null | grep -qF "docker-registry serve $state/config.yml"; }

# address prints what it said that it listens on.
address() { sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$state/log" 2>/dev/null | head -n 1; }
