# uv, for artifacts in Python: the release below, from PyPI, in a folder of its own.
# shellcheck shell=bash disable=SC2154

uv_version=0.13.9
uv=$state/bin/uv

backend_up() {
  [[ $(installed) == "$uv_version" ]] && return
  say "installing uv $uv_version into $state"
  rm -rf "$state"
  mkdir -p "$state"
  PIP_ROOT_USER_ACTION=ignore pip install --quiet --disable-pip-version-check --target "$state" "uv==$uv_version" ||
    die "cannot install uv $uv_version: pip failed, see above"
  [[ $(installed) == "$uv_version" ]] || die "cannot use $uv: pip installed it, but it does not run"
}

backend_down() { rm -rf "$state"; }

backend_status() {
  local version
  version=$(installed)
  printf '%s\n' "${version:+uv $version}"
  [[ $version == "$uv_version" ]]
}

backend_vars() { printf 'export CLOCKWORK_TEST_UV=%q\n' "$uv"; }

# installed prints the version of the uv that is there, or nothing.
installed() {
  [[ ! -x $uv ]] || "$uv" --version 2>/dev/null | cut -d ' ' -f 2
}

# pip is Python's own where there is one, else that of a virtual environment made for the purpose.
pip() {
  command -v python3 >/dev/null || "$root/test/apt-install" python3 python3-venv
  if python3 -m pip --version >/dev/null 2>&1; then
    python3 -m pip "$@"
    return
  fi
  python3 -c 'import ensurepip' 2>/dev/null || "$root/test/apt-install" python3-venv
  python3 -m venv "$state/venv" && "$state/venv/bin/python" -m pip "$@"
}
