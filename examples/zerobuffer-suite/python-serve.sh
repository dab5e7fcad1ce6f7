#!/usr/bin/env bash
# Serve process of the Python library: the platform `python` of harmony-config.json.
#
# stdout carries the protocol, and the runner captures stderr. So that the first start does not look
# like a hang, the progress of the installation is shown on the terminal, if there is one.
set -eu
setup=$(dirname "$0")/python-setup.sh
if { : >/dev/tty; } 2>/dev/null; then
    python=$("$setup" 2> >(tee /dev/tty >&2))
else
    python=$("$setup")
fi
exec "$python" -m zerobuffer_serve "$@"
