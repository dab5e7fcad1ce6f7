#!/usr/bin/env bash
# Runs scenarios of features/ in one process, or across processes if a platform is named.
#
#   ./test.sh                    all scenarios, in one process
#   ./test.sh 1.1                one scenario, by number
#   ./test.sh "1.*"              one feature file, by number
#   ./test.sh Communication      by a word of the file name or the scenario name
#   ./test.sh -v 1.1             with every step
#   ./test.sh python 1.1         across processes, all roles on one platform
#   ./test.sh rust_python 1.1    the first role by name (reader, client) on rust, the second (writer, server) on python
#   ./test.sh python-rust 1.1    the same, the other way round
#   ./test.sh all 1.1            every combination of the configured platforms
#
# Without a platform the command is `run`, otherwise `harmony`; other options are passed on to it
# (`cargo run -- run --help`). Platforms are configured in examples/zerobuffer-suite/harmony-config.json,
# or in the file named by HARMONY_CONFIG_PATH; `rust` is built in. Patterns are quoted so that the shell
# leaves them alone.
set -eu
cd "$(dirname "$0")"

# The platform names, in lower case.
configured_platforms() {
    python3 - "${HARMONY_CONFIG_PATH:-examples/zerobuffer-suite/harmony-config.json}" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8-sig") as file:
    config = json.load(file)
names = ["rust"]
for key, platforms in config.items():
    if key.lower() == "platforms":
        names += [name.lower() for name in platforms if name.lower() != "rust"]
print(*names)
PYTHON
}

is_platform() {
    [[ " $platforms " == *" ${1,,} "* ]]
}

unknown_platform() {
    printf 'error: unknown platform %q\n\nplatforms: %s, or all\n' "$1" "${platforms// /, }" >&2
    printf 'Combine two as in rust_python; add platforms to examples/zerobuffer-suite/harmony-config.json.\n' >&2
    exit 2
}

case " $* " in
*" --help "* | *" -h "*)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' test.sh
    exit
    ;;
esac

# Fails if `$1` was meant as a platform: part of it is one, a number follows, or no feature contains it.
refuse_unknown_platform() {
    local word=$1 last=$2 part parts known=false unknown=
    IFS=_- read -ra parts <<<"$word"
    for part in "${parts[@]}"; do
        if is_platform "$part"; then known=true; else unknown=${unknown:-$part}; fi
    done
    if $known; then
        unknown_platform "$unknown"
    elif [[ $word =~ ^[a-z_-]+$ && ! -e $word ]]; then
        if [[ $last =~ ^[0-9]+(\.[0-9*]+)?$ ]] || ! grep -riqF -- "$word" features; then
            unknown_platform "$word"
        fi
    fi
}

# Whether every part of `$1` is a platform, as in `rust`, `rust_python` and `rust-python`.
names_platforms() {
    local part parts
    IFS=_- read -ra parts <<<"$1"
    for part in "${parts[@]}"; do is_platform "$part" || return 1; done
}

# An unusable configuration is reported by the command itself.
platforms=$(configured_platforms 2>/dev/null) || platforms=rust
command=run
chosen=
words=()
may_be_platform=true
for word in "$@"; do
    case $word in
    -v | -q | --verbose | --quiet) ;;
    # Other options may be followed by a value, which is not a platform.
    -*) may_be_platform=false ;;
    *)
        if $may_be_platform; then
            may_be_platform=false
            if [ "$word" = all ] || names_platforms "$word"; then
                command=harmony
                chosen=$word
                continue
            fi
            refuse_unknown_platform "$word" "${@: -1}"
        fi
        # `1.*` is feature file 1.
        if [[ $word =~ ^([0-9]+)\.\*$ ]]; then word=${BASH_REMATCH[1]}; fi
        ;;
    esac
    words+=("$word")
done

case $chosen in
'' | all) ;;
*[_-]*) words=("${chosen//-/_}" "${words[@]}") ;;
*) words=(--platforms "$chosen" "${words[@]}") ;;
esac
if [[ $chosen = all || $chosen = *python* ]] && [ -z "${HARMONY_CONFIG_PATH:-}" ]; then
    # Installs the Python library before the run, so that its progress is visible.
    examples/zerobuffer-suite/python-setup.sh >/dev/null
fi
exec cargo run --quiet -- "$command" "${words[@]}"
