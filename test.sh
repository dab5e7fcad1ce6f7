#!/usr/bin/env bash
# Runs scenarios of features/: in one process, or across processes of the platforms that are named.
#
#   ./test.sh                      all of them
#   ./test.sh 1.1                  by number
#   ./test.sh BasicCommunication   by a word of the file's or the scenario's name
#   ./test.sh -v 1.1               with every step
#   ./test.sh rust_python 1.1      the first role by sorted name (reader, client) played by rust,
#                                  the second (writer, server) by python
#
# Platforms joined by `_`, of rust, python, cpp and csharp, make it `harmony`; without them it is
# `run`. Everything after the script's name goes there; `./test.sh --help` lists what they take.
# Platforms are described by examples/zerobuffer-suite/harmony-config.json unless
# HARMONY_CONFIG_PATH names another file.
set -eu
cd "$(dirname "$0")"
export HARMONY_CONFIG_PATH="${HARMONY_CONFIG_PATH:-examples/zerobuffer-suite/harmony-config.json}"

command=run
platform='(rust|python|cpp|csharp)'
for word in "$@"; do
    if [[ $word =~ ^$platform(_$platform)+$ ]]; then
        command=harmony
    fi
done
exec cargo run --quiet -- "$command" "$@"
