#!/usr/bin/env python3
"""Prints the test targets that took longest, from the output of `cargo test --workspace` in a file."""
import json
import os
import re
import subprocess
import sys

# `cargo test` names a target by the path of its program, which does not name the package.
listing = subprocess.run(
    ["cargo", "test", "--workspace", "--no-run", "--quiet", "--message-format=json"],
    stdout=subprocess.PIPE,
    text=True,
    check=True,
)
names = {}
for line in listing.stdout.splitlines():
    message = json.loads(line)
    if message.get("executable") and message["profile"]["test"]:
        folder = os.path.relpath(os.path.dirname(message["manifest_path"]))
        target = message["target"]
        kind = target["name"] if target["kind"] == ["test"] else "unit tests"
        names[os.path.basename(message["executable"])] = f"{folder}: {kind}"

times = []
target = ""
with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
    for line in log:
        if program := re.match(r" *Running .*/deps/([^/)]+)\)", line):
            # Built with other features, it is not among them: its name without the hash.
            target = names.get(program[1], program[1].rpartition("-")[0])
        elif library := re.match(r" *Doc-tests (\S+)", line):
            target = f"{library[1]}: doc tests"
        elif seconds := re.match(r"test result: .* finished in ([\d.]+)s", line):
            times.append((float(seconds[1]), target))
for seconds, target in sorted(times, reverse=True)[:10]:
    print(f"{seconds:8.1f} s  {target}")
