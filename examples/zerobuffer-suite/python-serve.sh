#!/usr/bin/env bash
# The serve process of the Python library, as a platform of harmony-config.json.
#
# ZEROBUFFER_PYTHON names a Python that has the library. Without it a virtual environment is made
# under the target folder, the one that the tests make and use.
set -eu
if [ -z "${ZEROBUFFER_PYTHON:-}" ]; then
    here=$(cd "$(dirname "$0")" && pwd)
    cache=${CARGO_TARGET_DIR:-$here/../../target}/tmp
    mkdir -p "$cache"
    ZEROBUFFER_PYTHON=$cache/zerobuffer-python/bin/python
    # Processes of several scenarios may come here at once; nothing may reach stdout, the wire.
    exec 9>"$cache/zerobuffer-python.lock"
    flock 9
    if ! "$ZEROBUFFER_PYTHON" -c 'import zerobuffer, posix_ipc' 2>/dev/null; then
        python3 -m venv --clear "$cache/zerobuffer-python" >&2
        "$ZEROBUFFER_PYTHON" -m pip install --quiet zerobuffer-ipc==1.3.0 posix-ipc >&2
    fi
    exec 9>&-
fi
exec "$ZEROBUFFER_PYTHON" -m zerobuffer_serve "$@"
