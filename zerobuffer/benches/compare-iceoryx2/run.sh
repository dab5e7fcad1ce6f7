#!/bin/sh
# Runs the benchmark of the ring with iceoryx2 beside it; options go to the benchmark.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cargo build --release --locked --manifest-path "$here/Cargo.toml"
ZEROBUFFER_BENCH_RIVAL="iceoryx2=$here/target/release/compare-iceoryx2" \
    exec cargo bench --manifest-path "$here/../../Cargo.toml" --bench ring -- "$@"
