#!/usr/bin/env python3
"""The overhead of 1,000 scenarios of 10 trivial steps: this project, cucumber-rs, behave, pytest-bdd.

Runs all sides interleaved, round by round, and prints one table for each number of definitions:
medians of wall and processor time, the peak memory and the ratio to this project. The Python sides
are slower by orders of magnitude and run in the first rounds only; the table says in how many.
behave and pytest-bdd are installed into target/python.

    ./compare.py [ROUNDS [PYTHON_ROUNDS]]      0 PYTHON_ROUNDS leaves them out
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
PYTHON_ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
PYTHON_PACKAGES = ["behave==1.3.3", "pytest==9.0.2", "pytest-bdd==9.0.1"]


def text(i, n):
    return [
        f"area {i} is prepared",
        f"user {i} sends {n} items",
        f"the 'p{n}' process opens buffer {i} with {n} bytes",
        f"check {i} sees 'thing {n}'",
    ][i % 4]


def features(folder, files, scenarios, definitions):
    folder.mkdir(parents=True)
    step = 0
    for file in range(files):
        lines = [f"Feature: Number {file}"]
        for scenario in range(scenarios):
            lines.append(f"  Scenario: Number {file} {scenario}")
            for n in range(10):
                # A stride that visits every definition.
                step = (step + 7) % definitions
                lines.append(f"    Given {text(step, n)}")
        (folder / f"{file:03}.feature").write_text("\n".join(lines) + "\n")


PYTHON_STEP = """
@given({pattern})
def step_{i}({parameters}):
    pass
"""


def python_step(i):
    """The regex of definition i, and what it captures."""
    return [
        (rf"area {i} is prepared", []),
        (rf"user {i} sends (?P<count>\d+) items", ["count"]),
        (
            rf"the '(?P<process>[^']*)' process opens buffer {i} with (?P<count>\d+) bytes",
            ["process", "count"],
        ),
        (rf"check {i} sees '(?P<seen>[^']+)'", ["seen"]),
    ][i % 4]


def behave_steps(folder, definitions):
    (folder / "steps").mkdir()
    source = "from behave import given, use_step_matcher\nuse_step_matcher('re')\n"
    for i in range(definitions):
        pattern, names = python_step(i)
        parameters = ", ".join(["context", *names])
        source += PYTHON_STEP.format(pattern=repr(pattern), i=i, parameters=parameters)
    (folder / "steps" / "steps.py").write_text(source)


def pytest_steps(folder, definitions):
    source = "from pytest_bdd import given, parsers, scenarios\nscenarios('.')\n"
    for i in range(definitions):
        pattern, names = python_step(i)
        source += PYTHON_STEP.format(pattern=f"parsers.re({pattern!r})", i=i, parameters=", ".join(names))
    (folder / "test_all.py").write_text(source)


def measure(command, folder):
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command} failed: {process.stderr.read().decode()[-2000:]}")
    process.stderr.close()
    process.returncode = 0
    return taken, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def compare(title, sides):
    """Each side is (name, command, folder, rounds); the first one is what the others are held against."""
    results = {name: [] for name, *_ in sides}
    for number in range(max(rounds for *_, rounds in sides)):
        for name, command, folder, rounds in sides:
            if number < rounds:
                results[name].append(measure(command, folder))
    print(f"\n{title}")
    print(f"  {'':<28} {'median wall':>12} {'median cpu':>12} {'peak memory':>12} {'ratio':>8}  rounds")
    base = statistics.median(t for t, _, _ in results[sides[0][0]])
    for name, runs in results.items():
        wall = statistics.median(t for t, _, _ in runs)
        cpu = statistics.median(c for _, _, c in runs)
        memory = max(m for _, m, _ in runs)
        print(
            f"  {name:<28} {wall * 1e3:9.1f} ms {cpu * 1e3:9.1f} ms {memory:8.1f} MiB {wall / base:7.2f}x  {len(runs)}",
            flush=True,
        )


def python_with_competitors(target):
    """An interpreter that has behave and pytest-bdd."""
    folder = target.parent / "python"
    python = folder / "bin" / "python"
    marker = folder / "packages"
    if not marker.exists() or marker.read_text() != str(PYTHON_PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PYTHON_PACKAGES], check=True)
        marker.write_text(str(PYTHON_PACKAGES))
    return str(python)


def main():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=HERE, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release"
    python = python_with_competitors(target) if PYTHON_ROUNDS else None
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        for definitions in (100, 2000):
            folder = root / f"d{definitions}"
            features(folder, 50, 20, definitions)
            ours = str(target / f"ours_{definitions}")
            sides = [
                ("harmony-bdd", [ours, "run", "-q", "."], folder, ROUNDS),
                ("harmony-bdd, 1 job", [ours, "run", "-q", "-j", "1", "."], folder, ROUNDS),
                ("cucumber-rs 0.23", [str(target / "cucumber"), str(definitions), "."], folder, ROUNDS),
            ]
            if python:
                # Minutes for each round with many definitions.
                rounds = PYTHON_ROUNDS if definitions < 1000 else 1
                behave_steps(folder, definitions)
                pytest_steps(folder, definitions)
                behave = [python, "-m", "behave", "-f", "null", "--no-summary", "."]
                pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
                sides.append(("behave 1.3.3", behave, folder, rounds))
                sides.append(("pytest-bdd 9.0.1", pytest, folder, rounds))
            compare(f"1,000 scenarios of 10 steps in 50 files, {definitions} definitions", sides)
        sides = []
        for files, scenarios in ((100, 100), (1, 10_000)):
            folder = root / f"f{files}"
            features(folder, files, scenarios, 100)
            command = [str(target / "ours_100"), "run", "-q", "."]
            sides.append((f"{files} file{'s' * (files > 1)} of {scenarios:,}", command, folder, max(3, ROUNDS // 2)))
        compare("10,000 scenarios of 10 steps, 100 definitions", sides)


main()
