#!/bin/sh
# Draws the pictures of this folder from real runs.
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet -p async-service
cd examples/async-service
title='$ cargo run -p async-service -- run features broken'
python3 ../../runtime/docs/picture.py "$title" 110 cargo run --quiet -p async-service -- run -j 2 features broken > ../../runtime/docs/run.svg
