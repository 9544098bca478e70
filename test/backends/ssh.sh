# Several OpenSSH servers, each with a habit of its own, and the users to log in as. All listen on loopback, or in a network namespace
# of their own. Two clones have nothing in common: names of users, interfaces and directories carry a digest of $state.
#
#   main      ordinary: public key, password                      users: plain, slow (a noisy profile that takes its time), tcsh, fish,
#                                                                  forced (a forced command), nologin, homeless, crowded (others may write)
#   pam       keyboard-interactive alone, by PAM                   plain
#   certs     user certificates alone; shows a host certificate    plain
#   changed   has another key than known_hosts says                plain
#   tight     MaxSessions 2, MaxStartups 3, forwards nothing       plain
#   noexec    homes are mounted noexec                             plain
#   sealed    everything that can be written is mounted noexec     plain
#   full      homes lie on a full disk                             plain
#   line      in a network namespace, behind a veth pair           plain
#   inner     in that namespace, on its loopback: ProxyJump line   plain
#
# What a test needs to know of them is in $state/hosts.json.
# shellcheck shell=bash disable=SC2154

digest=$(printf %s "$state" | sha256sum | cut -c 1-6)
# Homes and keys lie where ordinary users may go, which a clone need not; and below directories that sshd's StrictModes accepts.
base=/var/lib/clockwork-test/ssh-$digest
namespace=cwssh-$digest
shells=(plain:/bin/sh slow:/bin/bash tcsh:/usr/bin/tcsh fish:/usr/bin/fish forced:/bin/sh nologin:/usr/sbin/nologin homeless:/bin/sh crowded:/bin/sh)
servers=(main pam certs changed tight noexec sealed full line inner)
password=correct-horse

backend_up() {
  if backend_status >/dev/null; then return; fi
  install_packages
  stop_servers
  rm -rf "$state" "$base"
  mkdir -p "$state" "$base/home" "$base/keys" /run/sshd
  chmod 755 /var/lib/clockwork-test "$base" "$base/home" "$base/keys"
  make_keys
  make_users
  make_namespace
  local name
  for name in "${servers[@]}"; do start_server "$name"; done
  describe >"$state/hosts.json"
}

backend_down() {
  stop_servers
  local entry
  for entry in "${shells[@]}"; do
    if id "$(user "${entry%%:*}")" >/dev/null 2>&1; then userdel "$(user "${entry%%:*}")" 2>/dev/null; fi
  done
  rm -rf "$base" "$state"
}

backend_status() {
  local name running=0
  for name in "${servers[@]}"; do
    if alive "$name"; then running=$((running + 1)); fi
  done
  printf '%d of %d servers, below %s\n' "$running" "${#servers[@]}" "$base"
  [[ $running == "${#servers[@]}" && -f $state/hosts.json ]]
}

backend_vars() { printf 'export CLOCKWORK_TEST_SSH=%q\n' "$state/hosts.json"; }

user() { printf 'cw%s%s' "$digest" "$1"; }

install_packages() {
  local program missing=()
  for program in sshd:openssh-server ssh-keygen:openssh-client tcsh:tcsh fish:fish ip:iproute2 unshare:util-linux useradd:passwd; do
    command -v "${program%%:*}" >/dev/null || missing+=("${program##*:}")
  done
  [[ ${#missing[@]} == 0 ]] || "$root/test/apt-install" "${missing[@]}"
}

make_keys() {
  local name
  for name in id other user_ca host_ca "${servers[@]/#/host_}" former; do
    ssh-keygen -q -t ed25519 -N '' -C "clockwork test $name" -f "$state/$name"
  done
  ssh-keygen -q -t rsa -b 2048 -N '' -C 'clockwork test rsa' -f "$state/rsa"
  ssh-keygen -q -t ed25519 -N "$password" -C 'clockwork test encrypted' -f "$state/encrypted"
  cp "$state/other" "$state/certified"
  cp "$state/other.pub" "$state/certified.pub"
  ssh-keygen -q -s "$state/user_ca" -I 'clockwork test' -n "$(user plain)" "$state/certified.pub"
  ssh-keygen -q -s "$state/host_ca" -I 'clockwork test' -h -n 127.0.0.1 "$state/host_certs.pub"
}

make_users() {
  local entry name home
  for entry in "${shells[@]}"; do
    name=$(user "${entry%%:*}") home=$base/home/${entry%%:*}
    id "$name" >/dev/null 2>&1 || useradd --no-create-home --home-dir "$home" --shell "${entry#*:}" "$name"
    usermod --home "$home" --shell "${entry#*:}" --password '*' "$name"
    [[ ${entry%%:*} == homeless ]] || install -d -m 755 -o "$name" -g "$name" "$home"
    cat "$state/id.pub" "$state/rsa.pub" "$state/encrypted.pub" >"$base/keys/$name"
  done
  printf '%s:%s\n' "$(user plain)" "$password" | chpasswd
  sed -i "s/^/command=\"echo this account makes backups\" /" "$base/keys/$(user forced)"
  cat >"$base/home/slow/.bashrc" <<'PROFILE'
sleep 0.3
echo "Welcome! This goes to standard output, {\"as\": \"no profile should\"}."
echo "And this to standard error." >&2
printf 'no end of line'
PROFILE
  install -d -m 777 -o "$(user crowded)" "$base/home/crowded/.clockwork"
}

# make_namespace makes a place that only a pair of interfaces leads to: cw…h is ours, cw…n is its.
make_namespace() {
  local block
  block=$((0x$digest % 16384 * 4))
  outside=198.18.$((block / 256)).$((block % 256 + 1)) inside=198.18.$((block / 256)).$((block % 256 + 2))
  ip netns add "$namespace"
  ip link add "cw${digest}h" type veth peer name "cw${digest}n" netns "$namespace"
  ip address add "$outside/30" dev "cw${digest}h"
  ip link set "cw${digest}h" up
  ip -n "$namespace" address add "$inside/30" dev "cw${digest}n"
  ip -n "$namespace" link set "cw${digest}n" up
  ip -n "$namespace" link set lo up
}

# start_server NAME starts one on a free port, and tries another one where somebody was quicker.
start_server() {
  local address=127.0.0.1 port attempt
  [[ $1 != line ]] || address=$inside
  for attempt in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    configure "$1" "$address" "$port" >"$state/$1.conf"
    enter "$1" "$(command -v sshd)" -D -E "$state/$1.log" -f "$state/$1.conf" </dev/null >/dev/null 2>&1 &
    if listens "$1" $!; then
      printf '%s %s\n' "$address" "$port" >"$state/$1.address"
      know "$1" "$address" "$port" >>"$state/known_hosts"
      return
    fi
  done
  die "cannot start sshd $1: see $state/$1.log"
}

# enter NAME COMMAND… becomes a command where a server lives.
enter() {
  local name=$1 home=$base/home/plain
  shift
  case $name in
    line | inner) exec ip netns exec "$namespace" "$@" ;;
    noexec) private "noexec $home" "$@" ;;
    sealed) private "noexec $home; noexec /dev/shm; noexec /tmp; noexec /var/tmp; noexec /run" "$@" ;;
    full) private "mount -t tmpfs -o size=1m,mode=755,uid=$(id -u "$(user plain)") none $home
      cat /dev/zero >$home/ballast 2>/dev/null || :" "$@" ;;
    *) exec "$@" ;;
  esac
}

# private PREPARE COMMAND… becomes a command among mounts that nobody else sees.
private() {
  exec unshare --mount --propagation private /bin/sh -ec '
    noexec() { mount --bind "$1" "$1"; mount -o remount,bind,noexec "$1"; }
    eval "$1"; shift; exec "$@"' sh "$@"
}

# configure NAME ADDRESS PORT prints a configuration; of each keyword sshd takes the first value.
configure() {
  case $1 in
    main)
      echo 'Authorized users only.' >"$state/banner"
      printf 'PasswordAuthentication yes\nBanner %s\n' "$state/banner"
      ;;
    pam) printf 'UsePAM yes\nKbdInteractiveAuthentication yes\nPubkeyAuthentication no\n' ;;
    certs) printf 'AuthorizedKeysFile none\nTrustedUserCAKeys %s\nHostCertificate %s\n' "$state/user_ca.pub" "$state/host_certs-cert.pub" ;;
    tight) printf 'MaxSessions 2\nMaxStartups 3\nAllowTcpForwarding no\nAllowStreamLocalForwarding no\n' ;;
  esac
  cat <<CONFIG
ListenAddress $2:$3
HostKey $state/host_$1
PidFile $state/$1.pid
AuthorizedKeysFile $base/keys/%u
UsePAM no
KbdInteractiveAuthentication no
PasswordAuthentication no
PrintMotd no
CONFIG
}

# listens NAME PID waits until a server has written its pid, which it does when it listens, or has ended.
listens() {
  local end=$((SECONDS + 20))
  while [[ $SECONDS -lt $end ]] && kill -0 "$2" 2>/dev/null; do
    if [[ -s $state/$1.pid ]]; then return 0; fi
    sleep 0.05
  done
  return 1
}

alive() {
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) && grep -qa "$state/$1.conf" "/proc/$pid/cmdline" 2>/dev/null
}

stop_servers() {
  local name entry
  for name in "${servers[@]}"; do
    if alive "$name"; then kill "$(cat "$state/$name.pid")"; fi
  done
  # What a test left behind: sessions of sshd, agents, steps.
  for entry in "${shells[@]}"; do
    if id "$(user "${entry%%:*}")" >/dev/null 2>&1; then pkill_user "$(id -u "$(user "${entry%%:*}")")"; fi
  done
  if [[ -e /run/netns/$namespace ]]; then ip netns delete "$namespace"; fi
  # The pair goes with the namespace, a moment later.
  ip link delete "cw${digest}h" 2>/dev/null || :
}

# pkill_user UID kills the processes of a user that is ours alone; a bare machine has no procps.
pkill_user() {
  local dir
  for dir in /proc/[0-9]*; do
    if [[ $(stat -c %u "$dir" 2>/dev/null) == "$1" ]]; then kill -KILL "${dir#/proc/}" 2>/dev/null || :; fi
  done
}

# know NAME ADDRESS PORT prints a server's line in known_hosts.
know() {
  local key=host_$1 mark=''
  case $1 in
    certs) key=host_ca mark='@cert-authority ' ;;
    changed) key=former ;;
  esac
  printf '%s[%s]:%d %s\n' "$mark" "$2" "$3" "$(cut -d ' ' -f 1,2 "$state/$key.pub")"
}

# describe prints what the tests need to know, as JSON. No value needs escaping: all are ours.
describe() {
  local name address port separator=''
  printf '{"state": "%s", "homes": "%s", "users": "%s", "password": "%s", "namespace": "%s", "interface": "%s", "servers": {' \
    "$state" "$base/home" "cw$digest" "$password" "$namespace" "cw${digest}h"
  for name in "${servers[@]}"; do
    read -r address port <"$state/$name.address"
    printf '%s"%s": {"host": "%s", "port": %d, "pid": %d}' "$separator" "$name" "$address" "$port" "$(cat "$state/$name.pid")"
    separator=', '
  done
  printf '}}\n'
}
