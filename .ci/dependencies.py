#!/usr/bin/env python3
"""Checks the dependencies of a default build: no crate in two versions, and a limited number of crates.

`.ci/deny.toml` checks licences and sources, also of optional features.
"""

import subprocess
import sys

# The crates of a suite without optional features, its macros and harmony-bdd itself included.
MAX_CRATES = 60


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


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


def size_errors():
    found = crates("-p", "harmony-bdd")
    print(f"harmony-bdd with its dependencies: {len(found)} crates")
    if len(found) >= MAX_CRATES:
        yield f"harmony-bdd has {len(found)} crates in its default build; the limit is {MAX_CRATES - 1}"


errors = [*duplicate_errors(), *size_errors()]
for error in errors:
    print(f"error: {error}", file=sys.stderr)
sys.exit(bool(errors))
