//! Running, selecting, reporting; in test tools and on many machines.
//!
//! `SUITE --help` lists every option. Every option of `run` can stand in `harmony.toml` too, and in
//! the environment; `SUITE config show` tells what holds and who said so.
//!
//! ```toml
//! [run]
//! serial = ["@exclusive"]
//! retry = 1
//! report = ["junit=report.xml", "timeline=timeline.html"]
//! ```
//!
//! A suite may have settings of its own, in a section of the same file:
//! [`settings!`](crate::settings) declares them. `--set SECTION.NAME=VALUE` sets any of them, on every
//! command.
//!
//! # Reports
//!
//! `--report KIND=FILE`, as often as wanted:
//!
//! | kind | for |
//! |---|---|
//! | `junit` | CI systems; a flaky scenario passed and carries `flakyFailure` elements |
//! | `messages` | every tool that reads Cucumber Messages |
//! | `html` | people: the stock Cucumber report; needs the feature `html-report` |
//! | `timeline` | people: who did what when, a lane for each thread or process |
//! | `rerun` | `--rerun FILE`, which selects what failed |
//!
//! Several at once; one that cannot be written is an error before the run. The messages are those of
//! the official Cucumber compatibility kit, which is played by this runner in its tests.
//!
//! # Flaky scenarios
//!
//! `--retry N` tries a scenario again that failed or ran too long. One that passes then is *flaky*: not
//! passed, not failed, told apart in every report. What is undefined, ambiguous or pending, or whose
//! captures do not fit, is not tried again: nothing changes by it.
//!
//! # Stopping
//!
//! Ctrl-C, or SIGTERM, begins no scenario and no step any more: the steps that run may finish, their
//! scenario's other steps are skipped, and all after-hooks run. The reports are complete about what ran,
//! and the exit code is 130. A second Ctrl-C ends the process at once, without hooks and reports.
//!
//! # Checking
//!
//! `SUITE check` runs nothing and tells what is undefined, ambiguous, unused, or odd about outlines and
//! names. `--deny KIND` makes an error of a finding, `--allow KIND` silences it.
//!
//! # In `cargo test` and nextest
//!
//! A target with `harness = false` and [`test_main!`](crate::test_main) makes a test of each scenario
//! and of each row of an outline:
//!
//! ```toml
//! [[test]]
//! name = "features"
//! harness = false
//! ```
//!
//! A test's name is its file below the folder, its rule, its name and its row. The settings hold as for
//! `run`: `HARMONY_BDD_TAGS='not @slow' cargo test`.
//!
//! # On many machines
//!
//! `--shard I/N` deals the selection out evenly: all parts together are the whole, and no scenario is
//! in two of them. Each machine writes its reports, and `report merge` makes one of them:
//!
//! ```text
//! machine 1   SUITE run --shard 1/2 --report junit=1.xml --report messages=1.ndjson
//! machine 2   SUITE run --shard 2/2 --report junit=2.xml --report messages=2.ndjson
//! afterwards  SUITE report merge --report junit=all.xml --report messages=all.ndjson \
//!                 --report html=all.html 1.xml 2.xml 1.ndjson 2.ndjson
//! ```
//!
//! A feature file of which both ran scenarios is told once in the merged messages, as one suite in the
//! merged JUnit file; the merged run is a success when all were. An input that was cut off, or that
//! tells of another version of a feature file, is refused with its file and line.
//!
//! With nextest the suite is built once and run everywhere, also where there is no compiler. In a
//! target made by [`test_main!`](crate::test_main) each scenario is a process of its own; nextest deals
//! them out and writes JUnit where its configuration asks for it:
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
//! A machine needs the archive and a checkout, which `--workspace-remap` names: feature files are read
//! when they run, from where the package lies there.
