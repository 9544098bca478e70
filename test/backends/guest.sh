# A machine with cgroup v2 and systemd: a Debian in QEMU, emulated, so that it runs wherever the tests do. It boots afresh from a disk that
# is built once and never written to. test/guest is how tests use it.
# shellcheck shell=bash disable=SC2154

image=$root/test/guest/image

backend_up() {
  if is_running; then
    is_ready && return
    say "the guest does not answer; starting another one"
  fi
  stop
  require
  mkdir -p "$state"
  is_built || build
  boot
}

backend_down() {
  stop
  rm -rf "$state"
}

backend_status() {
  is_running || return
  printf 'process %s, SSH on 127.0.0.1 port %s\n' "$(<"$state/pid")" "$(<"$state/port")"
}

# What a test needs lies in the folder: port, key and hostkey to reach it by, and share, see boot.
backend_vars() { printf 'export CLOCKWORK_TEST_GUEST=%q\n' "$state"; }

require() {
  local missing=()
  command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v mkfs.ext4 >/dev/null || missing+=(e2fsprogs)
  [[ ${#missing[@]} -eq 0 ]] || "$root/test/apt-install" "${missing[@]}"
}

# recipe prints what a disk is made from, in short.
recipe() { (cd "$image" && find . -type f -exec sha256sum {} +) | LC_ALL=C sort | sha256sum; }

is_built() { [[ -f $state/recipe && $(<"$state/recipe") == "$(recipe)" ]]; }

build() {
  say "building the guest's disk in $state (1 to 2 minutes)"
  rm -rf "${state:?}"/*
  "$image/build" "$state" >"$state/build.log" 2>&1 || {
    tail -n 20 "$state/build.log" >&2
    die "cannot build the guest's disk; all of it is in $state/build.log"
  }
  recipe >"$state/recipe"
}

# boot starts the guest and waits until it can be logged in to. The second disk is for handing files over: what a test writes to
# $state/share, the guest reads there, far quicker than an emulated machine would take it from the network.
boot() {
  local port began=$SECONDS
  truncate -s 0 "$state/share"
  truncate -s 1G "$state/share"
  cat /proc/sys/kernel/random/uuid >"$state/uuid"
  cd "$state" # a path may hold a comma, which would need quoting
  for _ in {1..20}; do
    port=$((20000 + RANDOM % 10000)) # where somebody listens already, QEMU gives up
    if start "$port" >qemu.log 2>&1; then
      echo "$port" >port
      await
      say "the guest is up after $((SECONDS - began)) s"
      return
    fi
    grep -q 'Could not set up host forwarding' qemu.log || break
  done
  cat qemu.log >&2
  die "cannot start the guest: QEMU gave up, see above"
}

start() {
  TMPDIR=$state qemu-system-x86_64 -nodefaults -no-user-config -display none -daemonize -pidfile pid -uuid "$(<uuid)" \
    -accel tcg,thread=multi,tb-size=256 -cpu max -smp 2 -m 2G -no-reboot \
    -kernel kernel -append 'root=/dev/nvme0n1 rootfstype=ext4 rw console=ttyS0 quiet panic=-1 net.ifnames=0 mitigations=off' \
    -drive if=none,id=disk,file=disk,format=raw,snapshot=on,cache=unsafe -device nvme,drive=disk,serial=disk \
    -drive if=none,id=share,file=share,format=raw,readonly=on -device virtio-blk-pci,drive=share \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$1-:22" -device virtio-net-pci,netdev=net,romfile= \
    -device virtio-rng-pci -serial file:console.log </dev/null
}

await() {
  local deadline=$((SECONDS + 180))
  until is_ready; do
    is_running || {
      tail -n 20 "$state/console.log" >&2
      die "the guest has ended while it started, see above"
    }
    [[ $SECONDS -lt $deadline ]] || die "the guest does not answer: see $state/console.log"
    sleep 0.2
  done
}

is_running() {
  [[ -f $state/pid ]] && tr '\0' '\n' <"/proc/$(<"$state/pid")/cmdline" 2>/dev/null | grep -qxF -f "$state/uuid"
}

# is_ready holds when the guest's SSH server greets. QEMU itself accepts any connection.
is_ready() {
  local greeting=
  [[ -f $state/port ]] || return
  { exec 3<>"/dev/tcp/127.0.0.1/$(<"$state/port")" && read -r -t 5 greeting <&3; exec 3>&-; } 2>/dev/null
  [[ $greeting == SSH-* ]]
}

stop() {
  is_running || return 0
  local pid
  pid=$(<"$state/pid")
  kill "$pid"
  while is_running; do sleep 0.1; done
}
