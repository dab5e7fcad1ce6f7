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
//! # Flaky scenarios
//!
//! `--retry N` tries a scenario again that failed or ran too long. One that passes then is *flaky*: not
//! passed, not failed, told apart in every report. What is undefined, ambiguous or pending, or whose
//! captures do not fit, is not tried again: nothing changes by it.
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
