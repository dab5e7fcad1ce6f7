#!/usr/bin/env bash
# Serve process of the Python library: the platform `python` of harmony-config.json.
#
# stdout carries the protocol. The runner shows the last line of stderr while it waits for the start, so that the
# installation does not look like a hang.
set -eu
python=$("$(dirname "$0")/python-setup.sh")
exec "$python" -m zerobuffer_serve "$@"
