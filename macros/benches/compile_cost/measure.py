#!/usr/bin/env python3
"""What steps cost to compile: this project side by side with cucumber-rs, from one list of steps.

    python3 macros/benches/compile_cost/measure.py [COUNT ...]      default: 0 100 1000

For every count it writes two packages with the same steps (a quarter each: literal text, a regex
with one number, an expression with {int}, an expression with {string}) into
target/compile-cost/, builds their dependencies first, and then measures, one side after the other:

  build    compiling and linking the package itself, dependencies done
  rebuild  the same after the body of one step was changed
  binary   the size of the binary

Times are CPU seconds of cargo and all it starts (wall seconds in brackets), debug profile.
Nothing of this is built by `cargo build` or `cargo test`.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WORK = ROOT / "target" / "compile-cost"
CUCUMBER = "0.23"


class Side:
    def __init__(self, name, manifest, head, tail, state):
        self.name, self.manifest, self.head, self.tail = name, manifest, head, tail
        self.state = state

    def folder(self, count):
        return WORK / self.name / f"steps-{count}"

    def write(self, count):
        folder = self.folder(count)
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "src").mkdir(parents=True)
        (folder / "Cargo.toml").write_text(self.manifest.format(count=count))
        (folder / "src" / "main.rs").write_text(self.source(count))

    def source(self, count):
        return self.head + "".join(self.step(i) for i in range(count)) + self.tail

    def step(self, i):
        world = f"world: &mut {self.state}"
        style = i % 4
        if style == 0:
            return f'#[given("literal step number {i}")]\nfn step_{i}({world}) {{ world.sum += {i}; }}\n'
        if style == 1:
            return (
                f'#[given(regex = r"^regex step number {i} with (\\d+) things$")]\n'
                f"fn step_{i}({world}, n: i64) {{ world.sum += n; }}\n"
            )
        if style == 2:
            return (
                f'#[given(expr = "expression step number {i} with {{int}} things")]\n'
                f"fn step_{i}({world}, n: i64) {{ world.sum += n; }}\n"
            )
        return (
            f'#[given(expr = "expression step number {i} named {{string}}")]\n'
            f"fn step_{i}({world}, name: String) {{ world.sum += name.len() as i64; }}\n"
        )

    def cargo(self, count):
        environment = dict(os.environ, CARGO_TARGET_DIR=str(WORK / self.name / "target"))
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(
            ["cargo", "build", "--quiet"], cwd=self.folder(count), env=environment, check=True
        )
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - wall
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return cpu, wall

    def touch_one(self, count):
        main = self.folder(count) / "src" / "main.rs"
        text = main.read_text()
        # Without steps there is no body to change; a comment makes cargo build again.
        number = time.monotonic_ns() % 1_000_000
        changed, found = re.subn(r"world\.sum \+= \d+;", f"world.sum += {number};", text, count=1)
        main.write_text(changed if found else f"{text}\n// {number}\n")

    def binary(self, count):
        return (WORK / self.name / "target" / "debug" / f"steps-{count}").stat().st_size


OURS = Side(
    "harmony-bdd",
    f"""[package]
name = "steps-{{count}}"
version = "0.0.0"
edition = "2024"

[dependencies]
harmony-bdd = {{{{ path = "{ROOT / 'runtime'}" }}}}

[workspace]
""",
    "#![allow(dead_code)]\nuse harmony_bdd::given;\n\n#[derive(Default)]\nstruct State { sum: i64 }\n\n",
    "\nharmony_bdd::main!();\n",
    "State",
)

THEIRS = Side(
    "cucumber-rs",
    f"""[package]
name = "steps-{{count}}"
version = "0.0.0"
edition = "2024"

[dependencies]
cucumber = "{CUCUMBER}"
tokio = {{{{ version = "1", features = ["macros", "rt-multi-thread"] }}}}

[workspace]
""",
    "#![allow(dead_code)]\nuse cucumber::{World as _, given};\n\n#[derive(Debug, Default, cucumber::World)]\nstruct State { sum: i64 }\n\n",
    '\n#[tokio::main]\nasync fn main() { State::run("features").await; }\n',
    "State",
)


def main():
    counts = [int(word) for word in sys.argv[1:]] or [0, 100, 1000]
    for side in (OURS, THEIRS):
        side.write(0)
        side.cargo(0)
    print(f"{'steps':>5}  {'what':8} {'harmony-bdd':>18} {'cucumber-rs':>18}  ratio")
    for count in counts:
        for side in (OURS, THEIRS):
            side.write(count)
        builds = [side.cargo(count) for side in (OURS, THEIRS)]
        sizes = [side.binary(count) for side in (OURS, THEIRS)]
        rebuilds = [[], []]
        for _ in range(3):
            for side, results in zip((OURS, THEIRS), rebuilds):
                side.touch_one(count)
                results.append(side.cargo(count))
        rebuilds = [sorted(results)[1] for results in rebuilds]
        row(count, "build", builds)
        row(count, "rebuild", rebuilds)
        ours, theirs = (size / 1e6 for size in sizes)
        print(f"{count:>5}  {'binary':8} {ours:>15.1f} MB {theirs:>15.1f} MB  {ours / theirs:.2f}")


def row(count, what, sides):
    (ours, ours_wall), (theirs, theirs_wall) = sides
    print(
        f"{count:>5}  {what:8} {ours:>8.2f} s ({ours_wall:>5.1f}) {theirs:>8.2f} s ({theirs_wall:>5.1f})"
        f"  {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()
