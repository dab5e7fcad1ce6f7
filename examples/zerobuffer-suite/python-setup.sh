#!/usr/bin/env bash
# Prints the path of a Python that has the library `zerobuffer-ipc`.
#
# ZEROBUFFER_PYTHON names one. If it is not set, a virtual environment is created once in the target
# folder; the tests use the same one. Progress goes to stderr.
set -eu
if [ -n "${ZEROBUFFER_PYTHON:-}" ]; then
    printf '%s\n' "$ZEROBUFFER_PYTHON"
    exit
fi
here=$(cd "$(dirname "$0")" && pwd)
cache=${CARGO_TARGET_DIR:-$here/../../target}/tmp
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
environment=$cache/zerobuffer-python
python=$environment/bin/python
version=1.3.0
# Its existence is the check: starting a Python takes longer than the rest of this script.
installed=$environment/installed-$version
progress() { printf 'python: %s\n' "$*" >&2; }

is_installed() { "$python" -c 'import zerobuffer, posix_ipc'; }

# Several processes may start at once; the first one installs.
exec 9>"$cache/zerobuffer-python.lock"
flock 9
if [ ! -x "$python" ] || [ ! -e "$installed" ]; then
    # The tests of other packages may have made it.
    if ! is_installed 2>/dev/null; then
        progress "creating a virtual environment in $environment (only once)"
        python3 -m venv --clear "$environment" >&2
        progress "installing zerobuffer-ipc $version"
        if ! "$python" -m pip install --quiet --disable-pip-version-check \
            "zerobuffer-ipc==$version" posix-ipc >&2 || ! is_installed >&2; then
            progress "the installation failed; set ZEROBUFFER_PYTHON to a Python that has zerobuffer-ipc"
            exit 1
        fi
        progress "ready"
    fi
    touch "$installed"
fi
printf '%s\n' "$python"
