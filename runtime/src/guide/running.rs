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
//! `--shard I/N` deals the selection out evenly. With nextest, build once and run everywhere:
//!
//! ```text
//! cargo nextest archive --archive-file suite.tar.zst
//! cargo nextest run --archive-file suite.tar.zst --partition count:1/4
//! ```
