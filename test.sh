#!/usr/bin/env bash
# Runs scenarios of features/ in one process.
#
#   ./test.sh                      all of them
#   ./test.sh 1.1                  by number
#   ./test.sh BasicCommunication   by a word of the file's or the scenario's name
#   ./test.sh -v 1.1               with every step
#
# Everything after the script's name goes to `run`; `./test.sh --help` lists what it takes.
set -eu
cd "$(dirname "$0")"
exec cargo run --quiet -- run "$@"
