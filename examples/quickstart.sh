#!/usr/bin/env bash
# Executes the bundle beside this script, examples/pipeline.json, through a daemon that lives just as long: four steps
# that clone a repository, pack it, serve it over HTTP and fetch it again. Run it by `make quickstart`. It touches nothing
# outside a temporary folder, and ends with the exit code of the execution (0: every step succeeded).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the bundle's steps call. Whoever may not install it is told what is missing.
missing=()
for tool in git python3; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[[ ${#missing[@]} -eq 0 ]] || test/apt-install "${missing[@]}"

# Not under TMPDIR: the path of a Unix socket has to stay under 100 bytes.
state=$(mktemp -d /tmp/clockwork-quickstart.XXXXXX)
address=unix://$state/clockworkd.sock

# A process group of its own keeps Ctrl-C from the daemon: clockworkctl cancels the execution, then the daemon is stopped.
set -m
bin/clockworkd --listen "$address" --state-dir "$state/state" >"$state/log" 2>&1 &
daemon=$!
set +m

stop() {
  local code=$?
  kill -TERM "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  rm -rf "$state"
  exit "$code"
}
trap stop EXIT

fail() {
  echo "quickstart: $*. The daemon's log:" >&2
  cat "$state/log" >&2
  exit 1
}

deadline=$((SECONDS + 30))
until bin/clockworkctl --address "$address" runners list >/dev/null 2>&1; do
  kill -0 "$daemon" 2>/dev/null || fail "clockworkd did not start"
  ((SECONDS < deadline)) || fail "clockworkd does not answer on $address after 30 s"
  sleep 0.05
done

# The bundle's own PORT may be taken on this machine.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
bin/clockworkctl --address "$address" execute examples/pipeline.json --var "PORT=$port"
