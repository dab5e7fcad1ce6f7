#!/bin/sh
# Draws the pictures of this folder from real runs.
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet -p async-service
cd examples/async-service
program=../../target/debug/async-service
# The command that a reader would type; the picture runs the program that it builds.
title='$ cargo run -p async-service -- run features broken'
python3 ../../runtime/docs/picture.py "$title" 110 "$program" run -j 2 features broken > ../../runtime/docs/run.svg
