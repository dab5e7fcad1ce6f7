#!/usr/bin/env python3
"""Checks the dependencies: their licences, duplicate versions, and the number of crates that a suite gets.

`cargo deny --config .ci/deny.toml check` does more: sources, and security advisories, which it downloads.
"""

import json
import re
import subprocess
import sys

# Each dependency must be usable under one of these.
ALLOWED = {
    "MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
    "CDLA-Permissive-2.0", "ISC", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}
# The crates of a suite without optional features, its macros and harmony-bdd itself included.
MAX_CRATES = 60


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


def is_allowed(expression):
    """Evaluates an SPDX expression of AND, OR and parentheses; the old `/` means OR."""
    tokens = re.findall(r"[()]|[^\s()]+(?: WITH [^\s()]+)?", expression.replace("/", " OR "))
    words = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    python = " ".join(words.get(token, str(token in ALLOWED)) for token in tokens)
    return eval(python, {"__builtins__": {}}, {})


def licence_errors():
    for package in json.loads(cargo("metadata", "--format-version", "1"))["packages"]:
        licence = package["license"]
        if licence is None or not is_allowed(licence):
            yield f"{package['name']} {package['version']} has the licence {licence!r}"


def crates(*arguments):
    tree = cargo("tree", "-e", "normal", "--prefix", "none", "--format", "{p}", *arguments)
    return sorted({" ".join(line.split()[:2]) for line in tree.splitlines() if line})


def duplicate_errors():
    versions = {}
    for crate in crates("--workspace"):
        name, version = crate.split()
        versions.setdefault(name, []).append(version)
    for name, found in versions.items():
        if len(found) > 1:
            yield f"{name} is in the tree in several versions: {', '.join(found)}"


def features(*arguments):
    tree = cargo("tree", "--prefix", "none", "--format", "{p} {f}", *arguments)
    return {line.removesuffix(" (*)") for line in tree.splitlines()}


def feature_errors():
    """`cargo run` and `cargo test --workspace` compile a crate twice if it has other features in each."""
    tests = features("--workspace", "-e", "normal,build,dev")
    for crate in sorted(features("-p", "zerobuffer-suite", "-e", "normal,build") - tests):
        yield f"`cargo run` builds {crate} with other features than the tests; see the manifest of zerobuffer-suite"


def size_errors():
    found = crates("-p", "harmony-bdd")
    print(f"harmony-bdd with its dependencies: {len(found)} crates")
    if len(found) >= MAX_CRATES:
        yield f"harmony-bdd has {len(found)} crates in its default build; the limit is {MAX_CRATES - 1}"


errors = [*licence_errors(), *duplicate_errors(), *feature_errors(), *size_errors()]
for error in errors:
    print(f"error: {error}", file=sys.stderr)
sys.exit(bool(errors))
