//! The settings of `run`: what there is to set, and the typed form of what was set.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use regex::Regex;

use super::reports::ReportSpec;
use crate::config::{Group, Kind, Mistake, Mistakes, Setting, Source, Values};
use crate::local::{RunOptions, SelectOptions, Shard, TagExpression};
use crate::observe::LevelFilter;
use crate::report::{ColourChoice, Verbosity};

/// What `--log` takes.
pub(super) const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Everything `run` can be told.
pub(super) static RUN: Group = Group {
    section: "run",
    prefix: "HARMONY_BDD_",
    variables_file: None,
    foreign_variables: &[
        "HARMONY_BDD_CHECK_",
        crate::harmony::serve::STEP_TIMEOUT_VARIABLE,
        "HARMONY_BDD_PLATFORMS",
        "HARMONY_BDD_COMBO",
        "HARMONY_BDD_LIFECYCLE",
        "HARMONY_BDD_TRACE",
        "HARMONY_BDD_MATRIX",
        "HARMONY_BDD_ACCEPT_PEER_LIMITS",
    ],
    implied: &[],
    settings: &[
        flag("verbose", Some('v'), "every step with its time, its log and what it printed"),
        flag("quiet", Some('q'), "failures and the summary"),
        Setting {
            name: "format",
            short: Some('f'),
            kind: Kind::Choice(&["pretty", "progress"]),
            value: "F",
            default: "pretty",
            help: "pretty: a line for each scenario; progress: one line for all",
        },
        Setting {
            name: "color",
            short: None,
            kind: Kind::Choice(&["auto", "always", "never"]),
            value: "WHEN",
            default: "auto",
            help: "colours; auto: on a terminal without NO_COLOR",
        },
        texts(
            "report",
            None,
            "KIND=FILE",
            report_spec,
            "write junit, messages, html, timeline or rerun; repeatable",
        ),
        texts(
            "tags",
            Some('t'),
            "EXPR",
            tag_expression,
            "scenarios whose tags fulfil '@a and not (@b or @c)'; repeatable",
        ),
        texts(
            "name",
            Some('n'),
            "REGEX",
            regex,
            "scenarios with a match in their name; repeatable",
        ),
        text("rerun", "FILE", any, "the scenarios that a rerun report lists"),
        text("shard", "I/N", shard, "the I-th of N equal parts of the selection"),
        text("shuffle", "SEED", seed, "a random order; SEED is a number, or `random`"),
        Setting {
            name: "jobs",
            short: Some('j'),
            kind: Kind::Number { min: 1, max: 4096, unit: "" },
            value: "N",
            default: "",
            help: "scenarios side by side (default: the number of cores)",
        },
        texts("serial", None, "TAG", tag, "scenarios with this tag run alone; repeatable"),
        flag("fail-fast", None, "begin no scenario after one has failed"),
        Setting {
            name: "retry",
            short: None,
            kind: Kind::Number { min: 0, max: 100, unit: "" },
            value: "N",
            default: "0",
            help: "try a failed scenario again up to N times",
        },
        flag("dry-run", None, "look every step up, run none"),
        Setting {
            name: "step-timeout",
            short: None,
            kind: Kind::Seconds { max: 86_400 },
            value: "S",
            default: "30",
            help: "deadline of a step in seconds",
        },
        Setting {
            name: "capture",
            short: None,
            kind: Kind::Flag,
            value: "",
            default: "true",
            help: "let what steps print through at once",
        },
        Setting {
            name: "log",
            short: None,
            kind: Kind::Choice(&LOG_LEVELS),
            value: "LEVEL",
            default: "info",
            help: "attach what steps tell `tracing`, up to this level, to the step; or off",
        },
        flag("stats", None, "the time of steps by definition, and the slowest calls"),
        flag(
            "resources",
            None,
            "tell what scenarios leave behind, and with --stats what they use; -j 1",
        ),
        flag("watch", None, "run again whenever a feature file changes"),
    ],
};

/// What was set, typed.
#[derive(Debug)]
pub(super) struct RunSettings {
    pub(super) select: SelectOptions,
    pub(super) run: RunOptions,
    pub(super) verbosity: Verbosity,
    pub(super) progress: bool,
    pub(super) colour: ColourChoice,
    pub(super) reports: Vec<ReportSpec>,
    pub(super) capture: bool,
    pub(super) watch: bool,
    pub(super) stats: bool,
    pub(super) log: LevelFilter,
}

impl RunSettings {
    /// Types what `values` holds; `selectors` come from the command line alone.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub(super) fn of(values: &Values, selectors: Vec<String>) -> Result<Self, Mistakes> {
        let mut run = RunOptions {
            serial: values.texts("serial").to_vec(),
            retries: values.number("retry").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            fail_fast: values.flag("fail-fast"),
            dry_run: values.flag("dry-run"),
            resources: values.flag("resources"),
            ..RunOptions::default()
        };
        if let Some(jobs) = values.number("jobs").and_then(|n| NonZeroUsize::new(n as usize)) {
            run.jobs = jobs;
        }
        if let Some(timeout) = values.seconds("step-timeout") {
            run.step_timeout = timeout;
        }
        let verbosity = match (values.flag("quiet"), values.flag("verbose")) {
            (true, true) => return Err(contradiction(values)),
            (true, false) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        };
        let reports: Vec<ReportSpec> =
            values.texts("report").iter().filter_map(|text| text.parse().ok()).collect();
        Ok(Self {
            select: SelectOptions {
                selectors,
                rerun: values.text("rerun").map(PathBuf::from),
                tags: values.texts("tags").iter().filter_map(|text| text.parse().ok()).collect(),
                names: values
                    .texts("name")
                    .iter()
                    .filter_map(|text| Regex::new(text).ok())
                    .collect(),
                shuffle: values.text("shuffle").map(seed_of),
                shard: values.text("shard").and_then(|text| text.parse().ok()),
                documents: reports.iter().any(ReportSpec::wants_documents),
            },
            run,
            verbosity,
            progress: values.text("format") == Some("progress"),
            colour: match values.text("color") {
                Some("always") => ColourChoice::Always,
                Some("never") => ColourChoice::Never,
                _ => ColourChoice::Auto,
            },
            reports,
            capture: values.flag("capture"),
            watch: values.flag("watch"),
            stats: values.flag("stats"),
            log: values
                .text("log")
                .and_then(|level| level.parse().ok())
                .unwrap_or(LevelFilter::INFO),
        })
    }
}

fn contradiction(values: &Values) -> Mistakes {
    let source = match values.source("quiet") {
        Source::CommandLine(_) => Source::CommandLine("--quiet and --verbose".to_owned()),
        other => other,
    };
    let problem = "a run is quiet or verbose, not both".to_owned();
    Mistakes(vec![Mistake { source, problem }])
}

/// What scenarios side by side use of one process cannot be told apart. A number of jobs that stands
/// in a file or in the environment is for runs of another kind.
///
/// # Errors
/// When both are asked for.
pub(super) fn one_at_a_time(values: &Values) -> Result<(), Mistakes> {
    let several = values.number("jobs").is_some_and(|jobs| jobs > 1);
    let side_by_side = several && matches!(values.source("jobs"), Source::CommandLine(_));
    if !(side_by_side && values.flag("resources")) {
        return Ok(());
    }
    let source = match values.source("resources") {
        Source::CommandLine(_) => Source::CommandLine("--resources and --jobs".to_owned()),
        other => other,
    };
    let problem =
        "scenarios run one at a time where resources are measured: leave --jobs out".to_owned();
    Err(Mistakes(vec![Mistake { source, problem }]))
}

const fn flag(name: &'static str, short: Option<char>, help: &'static str) -> Setting {
    Setting { name, short, kind: Kind::Flag, value: "", default: "false", help }
}

const fn text(
    name: &'static str,
    value: &'static str,
    check: fn(&str) -> Result<(), String>,
    help: &'static str,
) -> Setting {
    Setting { name, short: None, kind: Kind::Text(check), value, default: "", help }
}

const fn texts(
    name: &'static str,
    short: Option<char>,
    value: &'static str,
    check: fn(&str) -> Result<(), String>,
    help: &'static str,
) -> Setting {
    Setting { name, short, kind: Kind::Texts(check), value, default: "", help }
}

fn any(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("takes a path, not nothing".to_owned()) } else { Ok(()) }
}

fn report_spec(text: &str) -> Result<(), String> {
    text.parse::<ReportSpec>().map(drop)
}

fn tag_expression(text: &str) -> Result<(), String> {
    text.parse::<TagExpression>().map(drop).map_err(|error| error.to_string())
}

fn regex(text: &str) -> Result<(), String> {
    Regex::new(text).map(drop).map_err(|error| format!("{text:?} is not a regex: {error}"))
}

fn shard(text: &str) -> Result<(), String> {
    text.parse::<Shard>().map(drop)
}

fn tag(text: &str) -> Result<(), String> {
    let is_tag = text.len() > 1 && text.starts_with('@') && !text.contains(char::is_whitespace);
    if is_tag { Ok(()) } else { Err(format!("takes a tag such as @slow, not {text:?}")) }
}

fn seed(text: &str) -> Result<(), String> {
    if text == "random" || text.parse::<u64>().is_ok() {
        Ok(())
    } else {
        Err(format!("takes a whole number or `random`, not {text:?}"))
    }
}

fn seed_of(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // Enough digits to differ, few enough to type again.
        now.map_or(1, |now| u64::from(now.subsec_nanos()) % 1_000_000)
    })
}
