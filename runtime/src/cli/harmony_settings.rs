//! The settings of `harmony`: those it shares with `run`, and its own.

use std::fs::File;
use std::io::LineWriter;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::LazyLock;

use super::coverage::names;
use super::run_settings::{RUN, RunSettings};
use crate::config::{Group, Kind, Setting, Values};
use crate::harmony::combinations::{Choice, ChoiceError};
use crate::harmony::config::Config;
use crate::harmony::routing::Lifecycle;
use crate::harmony::runner::RunnerOptions;
use crate::harmony::trace::Trace;

/// Settings of `run` that mean the same for `harmony`.
const SHARED: [&str; 14] = [
    "verbose",
    "quiet",
    "format",
    "color",
    "report",
    "tags",
    "name",
    "rerun",
    "shard",
    "shuffle",
    "jobs",
    "fail-fast",
    "resources",
    "stats",
];

const OWN: [Setting; 7] = [
    Setting {
        name: "platforms",
        short: Some('p'),
        kind: Kind::Text(names),
        value: "A,B",
        default: "",
        help: "every combination of these platforms (default: all that are configured)",
    },
    Setting {
        name: "combo",
        short: None,
        kind: Kind::Text(combination),
        value: "COMBO",
        default: "",
        help: "one combination: reader=rust,writer=python, or rust_python by sorted role names",
    },
    Setting {
        name: "lifecycle",
        short: None,
        kind: Kind::Choice(&["real", "harmony"]),
        value: "RULES",
        default: "real",
        help: "real: killed is killed, a new process is new; harmony: the field's runner to the letter",
    },
    Setting {
        name: "trace",
        short: None,
        kind: Kind::Text(path),
        value: "FILE",
        default: "",
        help: "write every message between runner and processes as a line of JSON",
    },
    Setting {
        name: "matrix",
        short: None,
        kind: Kind::Texts(path),
        value: "FILE",
        default: "",
        help: "write what passed in which combination: JSON to FILE.json, else text; repeatable",
    },
    Setting {
        name: "accept-peer-limits",
        short: None,
        kind: Kind::Flag,
        value: "",
        default: "false",
        help: "exit code 0 also when a peer lacks a step or refuses it by its own limits",
    },
    Setting {
        name: "step-timeout",
        short: None,
        kind: Kind::Seconds { max: 86_400 },
        value: "S",
        default: "35",
        help: "deadline of a step in seconds, where neither platform nor definition names one",
    },
];

static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let mut settings: Vec<_> =
        SHARED.iter().filter_map(|name| RUN.setting(name)).copied().collect();
    settings.extend(OWN);
    settings
});

static FOREIGN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let others = RUN.settings.iter().filter(|s| !SETTINGS.iter().any(|own| own.name == s.name));
    others.map(|setting| RUN.variable(setting)).collect()
});

static FOREIGN_VARIABLES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut variables: Vec<_> = FOREIGN.iter().map(String::as_str).collect();
    variables.push(crate::harmony::serve::STEP_TIMEOUT_VARIABLE);
    variables
});

/// Everything `harmony` can be told.
pub(super) static HARMONY: LazyLock<Group> = LazyLock::new(|| Group {
    section: "harmony",
    prefix: RUN.prefix,
    variables_file: None,
    settings: &SETTINGS,
    foreign_variables: &FOREIGN_VARIABLES,
    implied: &[],
});

/// What was set, typed.
#[derive(Debug)]
pub(super) struct HarmonySettings {
    /// What `harmony` shares with `run`: the selection and the reports.
    pub(super) shared: RunSettings,
    pub(super) config: Config,
    pub(super) choice: Choice,
    pub(super) runner: RunnerOptions,
    /// Where the matrix goes, beside standard output.
    pub(super) matrix: Vec<PathBuf>,
    /// What a peer cannot play fails nothing.
    pub(super) accept_peer_limits: bool,
}

impl HarmonySettings {
    /// Types what `values` holds; `selectors` come from the command line alone, a combination in
    /// its short form perhaps among them.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn of(values: &Values, mut selectors: Vec<String>) -> Result<Self, String> {
        let config = Config::find().map_err(|error| error.to_string())?;
        let choice = choice(values, &config, &mut selectors)?;
        let mut shared = RunSettings::of(values, selectors).map_err(|error| error.to_string())?;
        let lifecycle = match values.text("lifecycle") {
            Some("harmony") => Lifecycle::Harmony,
            _ => Lifecycle::Real,
        };
        // By the field's rules scenarios are made of the documents themselves.
        shared.select.documents |= lifecycle == Lifecycle::Harmony;
        if shared.select.selectors.is_empty()
            && let Some(features) = &config.features_path
        {
            shared.select.selectors.push(features.to_string_lossy().into_owned());
        }
        let stop = shared.run.stop.clone();
        let mut runner = RunnerOptions {
            lifecycle,
            fail_fast: shared.run.fail_fast,
            resources: shared.run.resources,
            start_delay: config.start_delay,
            trace: trace(values)?,
            stopped: std::sync::Arc::new(move || stop.is_set()),
            ..RunnerOptions::default()
        };
        if let Some(jobs) = values.number("jobs").and_then(|n| NonZeroUsize::new(n as usize)) {
            runner.jobs = jobs;
        }
        if let Some(timeout) = values.seconds("step-timeout") {
            runner.step_timeout = timeout;
        }
        let matrix = values.texts("matrix").iter().map(PathBuf::from).collect();
        let accept_peer_limits = values.flag("accept-peer-limits");
        Ok(Self { shared, config, choice, runner, matrix, accept_peer_limits })
    }
}

/// Which combinations are asked for: by `--combo`, by a word among the selectors, by `--platforms`.
fn choice(values: &Values, config: &Config, selectors: &mut Vec<String>) -> Result<Choice, String> {
    let short = selectors.iter().position(|word| Choice::is_short_form(word, config));
    let short = short.map(|index| selectors.remove(index));
    let given = [values.text("combo"), short.as_deref(), values.text("platforms")];
    if given.iter().flatten().count() > 1 {
        let given = given.map(Option::unwrap_or_default).join(" ");
        return Err(format!("platforms are chosen in one way, not several: {}", given.trim()));
    }
    let words = |error: ChoiceError| error.to_string();
    match given {
        [Some(text), ..] | [_, Some(text), _] => Choice::combination(text).map_err(words),
        [.., Some(names)] => {
            Ok(Choice::All(names.split(',').map(|name| name.trim().to_owned()).collect()))
        }
        _ => Ok(Choice::default()),
    }
}

fn trace(values: &Values) -> Result<Option<Trace>, String> {
    let Some(path) = values.text("trace") else { return Ok(None) };
    let file =
        File::create(path).map_err(|e| format!("the trace {path} cannot be written: {e}"))?;
    Ok(Some(Trace::new(LineWriter::new(file))))
}

fn combination(text: &str) -> Result<(), String> {
    Choice::combination(text).map(drop).map_err(|error| error.to_string())
}

fn path(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("takes a path, not nothing".to_owned()) } else { Ok(()) }
}
