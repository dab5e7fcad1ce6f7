#!/bin/sh
# Draws the pictures of this folder from real runs.
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet -p async-service
cd examples/async-service
title='$ cargo run -p async-service -- run features broken'
python3 ../../runtime/docs/picture.py "$title" 110 cargo run --quiet -p async-service -- run -j 2 features broken > ../../runtime/docs/run.svg

cd ../..
cargo build --quiet
# Some of these scenarios take long enough to be seen while they run.
python3 runtime/docs/picture.py '$ cargo run -- run -j 4 1 2' 100 cargo run --quiet -- run -j 4 1 2 > runtime/docs/live.svg

(cd runtime/report-ui && npm ci --silent --ignore-scripts)
# One of the two scenarios fails, on purpose.
cargo run --quiet -- harmony rust_rust runtime/docs/two-processes.feature --report timeline=target/timeline.html || true
node runtime/report-ui/picture.mjs target/timeline.html runtime/docs/timeline.png 1440x720
