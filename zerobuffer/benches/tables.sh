#!/bin/sh
# Prints every table of measurements in README and docs, in about ten minutes on an idle machine: copies, waiting, and
# the ring beside the bare ring, the Python library, pipes, sockets and iceoryx2, if that can be built. Options go
# to the benchmark of the ring. Real-time priority is used where it is permitted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
manifest="$here/../Cargo.toml"
rival="$here/compare-iceoryx2"

cargo bench --quiet --manifest-path "$manifest" --benches --no-run
first=
if chrt -f 40 true 2>/dev/null; then first="chrt -f 40"; fi
run() {
    # shellcheck disable=SC2086 # one word for each argument
    $first cargo bench --quiet --manifest-path "$manifest" --bench "$@"
}

uptime
run copy
run waiting
if cargo build --quiet --release --locked --manifest-path "$rival/Cargo.toml"; then
    ZEROBUFFER_BENCH_RIVAL="iceoryx2=$rival/target/release/compare-iceoryx2"
    export ZEROBUFFER_BENCH_RIVAL
fi
[ $# -gt 0 ] || set -- --rounds 7 --millis 60
run ring -- "$@"
uptime
