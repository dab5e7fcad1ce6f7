//! Selecting, running and reporting; `cargo test` and several machines.
//!
//! `SUITE --help` lists every option. Every option of `run` can also be set in `harmony.toml` and in the
//! environment; `SUITE config show` prints the effective settings and their sources.
//!
//! ```toml
//! [run]
//! lock = ["@database"]
//! retry = 1
//! report = ["junit=report.xml", "timeline=timeline.html"]
//! ```
//!
//! A suite can define its own settings with [`settings!`](crate::settings); they have a section in the same
//! file. `--set SECTION.NAME=VALUE` sets any of them, for every command.
//!
//! # On the terminal
//!
//! Scenarios are printed in the order in which they end, and each failure in full below its scenario: two
//! steps before it, its table or doc string, the arguments of its function, the difference of two compared
//! values. On a terminal a few live lines below show the running scenarios with their present step and its
//! age, from 0.3 s on; a step is marked `SLOW` after half its timeout. `harmony` also shows the processes
//! that are starting, and the last line that one of them printed. The live lines are off with `--no-capture`,
//! `NO_COLOR` or `TERM=dumb`. Without them, as in a pipe, a start of processes that takes more than 2 s is a line, again
//! every 10 s, and at its end.
//!
//! `--format progress` shows failures and live lines only; in a file or a pipe it is a character for each
//! scenario. `-q` leaves out what passed, `-v` shows every step.
//!
//! The end lists what did not pass, worst first: failed, timed out, ambiguous, undefined, pending,
//! interrupted, flaky. The last line is a command that reruns what failed. It refers to a rerun file that
//! every run writes below cargo's target folder, or in the user's cache folder; `--rerun-file` chooses
//! another.
//!
//! # Reports
//!
//! `--report KIND=FILE`:
//!
//! | kind | for |
//! |---|---|
//! | `junit` | CI systems; a flaky scenario is reported as passed, with `flakyFailure` elements, or with `--flaky fail` as failed. Only the `file` and `line` of each case are not in the schema of the plugin xUnit of Jenkins |
//! | `messages` | tools that read Cucumber Messages |
//! | `html` | the standard Cucumber report for humans; needs the feature `html-report`. For more than about a thousand scenarios `html=FILE,failures-only` opens faster |
//! | `timeline` | a page to look for failures and for what took long; see [below](#the-timeline) |
//! | `trace` | Perfetto and other viewers of Chrome trace events: each role is a process, messages are arrows |
//! | `json` | tools that read the JSON of Cucumber before Cucumber Messages, such as Jenkins and Xray |
//! | `rerun` | `--rerun FILE`, which selects the failed scenarios |
//! | `history` | `SUITE report flaky DIR`; `history=DIR` adds the run to a folder |
//! | `github` | GitHub Actions: annotations on standard output and a summary of the job; needs no file |
//!
//! Under GitHub Actions `github` is written without being asked for. In a GitLab job each failure is a
//! collapsible section.
//!
//! The option can be repeated; an unwritable file is an error before the run starts. The messages output is tested
//! against the official Cucumber Compatibility Kit.
//!
//! A reporter can also be your own type, see [`reporters`](crate::guide::reporters).
//!
//! # The timeline
//!
//! `--report timeline=FILE.html` writes one page that needs no network and no server, so it can be opened from a
//! mail or from the files of a build. Its paths are relative to the workspace. It opens on the first failure:
//!
//! - The *list* has the scenarios and their steps.
//! - The *chart* has a group for each scenario, and in it a lane for the thread and for each process, with the
//!   messages between them, the start, readiness, pauses and end of each process, log records, hooks and deadlines.
//!   *Equal width* shows microseconds beside seconds, *By thread* what ran at the same time.
//! - *Totals* adds up the calls of each step.
//! - The *details* of the chosen row begin with the reason and the difference between the values it names. The
//!   requests, replies and standard error of processes are kept for scenarios that did not pass.
//! - The *overview* above has a window: drag in it, and list, chart, totals and counts are limited to that time.
//!
//! | key | effect |
//! |---|---|
//! | `n`, `p` | next and previous failure |
//! | arrows, `Home`, `End`, `PageUp`, `PageDown` | move in the list; left and right fold and unfold, `*` unfolds all |
//! | `Enter`, `Escape` | limit the window to the chosen row; show everything |
//! | `/` | find a scenario, step, feature or tag |
//! | wheel, with `Ctrl` | scroll the chart; zoom it |
//!
//! The address contains the chosen row, the filters and the window: copy it to point someone at a failure.
//! A page of a run that was killed shows what had ended before.
//!
//! # Flaky scenarios
//!
//! `--retry N` retries scenarios that failed or timed out. A scenario that then passes is *flaky*, which
//! every report distinguishes from passed and failed. [`scheduling`](crate::guide::scheduling) has the tags and options
//! for retries and for the order of scenarios.
//!
//! `--report history=DIR` adds each run to a folder, and `SUITE report flaky DIR` lists the scenarios that
//! needed a retry, changed between passed and failed, or became slower over the last 20 runs (`--last N`).
//!
//! # Watching
//!
//! `--watch` runs the changed feature files again. While it waits, `a` runs everything, `f` what failed, `n`
//! the scenarios with a name that you type, and `q` or Ctrl-C ends.
//!
//! # Stopping
//!
//! After Ctrl-C, SIGTERM or SIGHUP no new scenario or step starts; running steps finish, the remaining steps of their
//! scenarios are skipped, and all after-hooks run. The reports contain everything that ran, and the exit code
//! is 130. The notice says how long the running steps may take and how many scenarios will not run. A second
//! Ctrl-C does not wait for the running steps and runs no hooks, but the reports are completed; a scenario that
//! was running is *interrupted*. A third one ends the process at once.
//!
//! # A run that dies
//!
//! `main!` and `test_main!` run scenarios in a second process of the same program. If a step ends that
//! process, by `process::exit`, an abort, a second panic, a stack overflow or a signal, the first process
//! names the scenario and the step on standard error, passes on the panics and the captured output, and
//! completes all reports; the run fails. A program with its own `main`, which calls
//! [`main_with`](crate::cli::main_with) or [`run_with`](crate::cli::run_with), has one process only.
//!
//! Under a debugger, `strace` or Valgrind there is one process, too. `HARMONY_SUPERVISOR=off` requests that.
//! In one process, an exit during the run names the scenario and the step and has the exit code 1, also
//! after `process::exit(0)`; the reports end there.
//!
//! # Checking
//!
//! `SUITE check` reports undefined, ambiguous and unused steps and suspicious outlines, without running
//! anything. Unused definitions are reported for whole folders only. `--deny KIND` treats a kind of finding as an error, `--allow KIND` ignores it.
//!
//! # Formatting
//!
//! `SUITE fmt` formats the feature files: two spaces for each level, one blank line before each scenario, and
//! aligned tables. Scenarios, comments and the content of doc strings stay the same. `SUITE fmt --check` changes
//! nothing and fails if a file is not formatted, as in CI; `SUITE fmt -` formats standard input for an editor.
//!
//! Files in Markdown stay as they are.
//!
//! # Feature files in Markdown
//!
//! A file whose name ends with `.feature.md` is Markdown with Gherkin in it, as for other implementations of Cucumber:
//!
//! ````markdown
//! # Feature: Basket
//!
//! This text is for readers only.
//!
//! `@fast`
//! ## Scenario Outline: Fruit
//!
//! * Given a basket with these items:
//!   | name | count |
//!   | ---- | ----: |
//!   | pear |     2 |
//! * When I put in <count> apples
//! * Then the receipt reads
//!   ```text
//!   Thank you
//!   ```
//!
//! ### Examples:
//!
//!   | count |
//!   | ----- |
//!   |     1 |
//! ````
//!
//! A heading or list item that begins with a keyword has its meaning. Tables are indented by two to five characters,
//! doc strings are code blocks, and tags are in backticks. Everything else is prose: an item with a mistyped
//! keyword too, which is why `SUITE check` reports it. The language is English. A row with a cell of dashes only
//! separates the head of a table and has no other meaning, also as data.
//!
//! # In `cargo test` and nextest
//!
//! In a target with `harness = false` and [`test_main!`](crate::test_main) each scenario, and each example
//! row of an outline, is a test:
//!
//! ```toml
//! [[test]]
//! name = "features"
//! harness = false
//! ```
//!
//! The name of a test consists of its file, relative to the folder, its rule, its name and its row. The
//! options of `run` that select, limit and retry can follow `--`: `cargo test --test features -- -t 'not @slow' -j 4`.
//! All its settings apply from `harmony.toml` and the environment: `HARMONY_BDD_TAGS='not @slow' cargo test`.
//!
//! To bind a single scenario, or a file, to functions of Rust's test harness, see
//! [`bound_tests`](crate::guide::bound_tests).
//!
//! # On several machines
//!
//! `--shard I/N` splits the selection evenly: every scenario is in exactly one shard. Each machine writes its
//! reports, and `report merge` merges them:
//!
//! ```text
//! machine 1   SUITE run --shard 1/2 --report junit=1.xml --report messages=1.ndjson \
//!                 --report timeline=1.html
//! machine 2   SUITE run --shard 2/2 --report junit=2.xml --report messages=2.ndjson \
//!                 --report timeline=2.html
//! afterwards  SUITE report merge --report junit=all.xml --report messages=all.ndjson \
//!                 --report html=all.html --report timeline=timeline.html \
//!                 1.xml 2.xml 1.ndjson 2.ndjson 1.html 2.html
//! ```
//!
//! A feature file split across machines appears once in the merged messages, and as one suite in the merged
//! JUnit file. The merged run passes only if every run passed. A truncated input, or one with a different
//! version of a feature file, is refused, and the error names its file and line. Merged timelines keep the times
//! at which the machines ran; a run that began after all others had ended follows them directly.
//!
//! With nextest the suite is built once and run on every machine, even one without a compiler. nextest runs each
//! scenario of a [`test_main!`](crate::test_main) target in its own process, distributes them, and writes
//! JUnit if configured:
//!
//! ```toml
//! # .config/nextest.toml
//! [profile.ci]
//! fail-fast = false
//!
//! [profile.ci.junit]
//! path = "junit.xml"
//! ```
//!
//! ```text
//! build       cargo nextest archive --test features --archive-file suite.tar.zst
//! machine I   cargo nextest run --archive-file suite.tar.zst --workspace-remap . \
//!                 --profile ci --partition count:I/N
//!             (writes target/nextest/ci/junit.xml)
//! afterwards  SUITE report merge --report junit=all.xml 1.xml 2.xml
//! ```
//!
//! A machine needs the archive and a checkout, whose path is passed to `--workspace-remap`, because feature
//! files are read from the package's folder at run time.
