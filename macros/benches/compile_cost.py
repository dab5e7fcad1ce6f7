#!/usr/bin/env python3
"""Measures the compile cost of steps, side by side with cucumber-rs.

Generates one crate per framework and number of steps from the same list (a quarter literals, a
quarter regexes with one capture, a quarter expressions with {int}, a quarter with {string}), and
measures for each: building the crate with its dependencies built, building again after writing more
into the step in the middle, building again after exchanging one digit in it, checking after touching
it, and the size of the binary. Writing more moves the code below, which the compiler then checks
again; exchanging a digit is the rarer edit and the cheapest one for the compiler. Every round makes
the same edits. Both sides take turns, and each number is the median of the rounds.

    macros/benches/compile_cost.py                     # this project alone
    macros/benches/compile_cost.py --against-cucumber  # both, with ratios (needs crates.io)
    macros/benches/compile_cost.py --steps 0,100 --rounds 1

Everything is built below target/compile-cost, so that no other build compiles a competitor.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "compile-cost"

OURS = """[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[dependencies]
harmony-bdd = {{ path = "{root}/runtime" }}

[workspace]
"""

CUCUMBER = """[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[dependencies]
cucumber = "=0.23.0"
tokio = {{ version = "1", features = ["macros", "rt"] }}

[workspace]
"""


def step(framework: str, number: int) -> str:
    """One step function; the kinds take turns."""
    state = "world: &mut World"
    keyword = ("given", "when", "then")[number % 3]
    kinds = {
        0: (f'"area {number} is prepared"', ""),
        1: (f'regex = r"^user {number} sends (\\d+) items$"', "count: u64"),
        2: (f'expr = "machine {number} runs for {{int}} seconds"', "count: u64"),
        3: (f'expr = "file {number} holds {{string}}"', "text: String"),
    }
    pattern, parameter = kinds[number % 4]
    use = {"": "1", "count: u64": "count", "text: String": "text.len() as u64"}[parameter]
    parameters = f"{state}, {parameter}" if parameter else state
    return f"#[{keyword}({pattern})]\nfn step_{number}({parameters}) {{\n    world.total += {use};\n}}\n"


def source(framework: str, count: int) -> str:
    steps = "\n".join(step(framework, number) for number in range(count))
    if framework == "ours":
        uses = "#[allow(unused_imports)]\nuse harmony_bdd::{given, then, when};\n"
        world = "#[derive(Default)]\npub struct World { pub total: u64 }\n"
        main = "harmony_bdd::main!();\n"
    else:
        uses = "#[allow(unused_imports)]\nuse cucumber::{World as _, given, then, when};\n"
        world = "#[derive(Debug, Default, cucumber::World)]\npub struct World { pub total: u64 }\n"
        main = (
            '#[tokio::main(flavor = "current_thread")]\n'
            'async fn main() {\n    World::run("features").await;\n}\n'
        )
    return f"{uses}\n{world}\n{main}\n{steps}"


class Crate:
    """One generated crate of one framework."""

    def __init__(self, framework: str, count: int) -> None:
        self.framework, self.count = framework, count
        self.name = f"{framework}_{count}"
        self.folder = WORK / self.name
        (self.folder / "src").mkdir(parents=True, exist_ok=True)
        manifest = OURS if framework == "ours" else CUCUMBER
        (self.folder / "Cargo.toml").write_text(manifest.format(name=self.name, root=ROOT))
        self.main = self.folder / "src" / "main.rs"
        self.text = source(framework, count)
        self.write()

    def cargo(self, *arguments: str) -> tuple[float, float]:
        """Runs cargo; wall and cpu seconds."""
        environment = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "target" / self.framework))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        done = subprocess.run(
            ["cargo", *arguments, "--quiet"],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )
        wall = time.monotonic() - started
        if done.returncode != 0:
            sys.exit(f"{self.name}: cargo {' '.join(arguments)} failed:\n{done.stderr}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return wall, cpu

    def write(self, term: str = "") -> None:
        """The source as generated, `term` written into the sum of the step in the middle."""
        if self.count == 0:
            self.main.write_text(f"{self.text}// {term}\n")
            return
        before, found, after = self.text.partition(f"fn step_{self.count // 2}(")
        head, plus, tail = after.partition("world.total += ")
        self.main.write_text(f"{before}{found}{head}{plus}{term}{tail}")

    def forget_build(self) -> None:
        self.cargo("clean", "--package", self.name)

    def size(self) -> int:
        return (WORK / "target" / self.framework / "debug" / self.name).stat().st_size


def measure(crates: list[Crate], rounds: int) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, list[float]]] = {crate.name: {} for crate in crates}
    for crate in crates:
        crate.cargo("build")  # the dependencies
        crate.cargo("check")
    for _ in range(rounds):
        for crate in crates:
            noted = results[crate.name]
            crate.write()
            crate.forget_build()
            wall, cpu = crate.cargo("build")
            noted.setdefault("build s", []).append(wall)
            noted.setdefault("build cpu s", []).append(cpu)
            crate.write("7 + ")
            noted.setdefault("rebuild s", []).append(crate.cargo("build")[0])
            crate.write("8 + ")
            noted.setdefault("one digit s", []).append(crate.cargo("build")[0])
            crate.cargo("check")
            crate.write("77 + ")
            noted.setdefault("recheck s", []).append(crate.cargo("check")[0])
            noted.setdefault("binary MB", []).append(crate.size() / 1e6)
    return {
        name: {what: statistics.median(values) for what, values in noted.items()}
        for name, noted in results.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", default="0,100,1000", help="numbers of steps, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against-cucumber", action="store_true")
    options = parser.parse_args()
    frameworks = ["ours", "cucumber"] if options.against_cucumber else ["ours"]
    for count in (int(text) for text in options.steps.split(",")):
        crates = [Crate(framework, count) for framework in frameworks]
        measured = measure(crates, options.rounds)
        for what in measured[crates[0].name]:
            numbers = [measured[crate.name][what] for crate in crates]
            shown = ", ".join(f"{c.framework} {n:.2f}" for c, n in zip(crates, numbers))
            ratio = f", ratio {numbers[1] / numbers[0]:.1f}" if len(numbers) == 2 else ""
            print(f"{count:5} steps: {what:12} {shown}{ratio}", flush=True)


if __name__ == "__main__":
    main()
