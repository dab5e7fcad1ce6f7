//! `report merge`: several reports made into one, as when each machine ran its part of a suite.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;

use super::args::UsageError;
use super::{refuse, say};
use crate::report::merge::{self, MergeInput, MergeKind};

/// What `report --help` prints.
pub(super) const HELP: &str = "\
Usage: SUITE report merge --report KIND=FILE… INPUT…

Makes one report of several: of all inputs that are JUnit XML, as --report and nextest write it, or
Cucumber Messages. What an input is, it says itself.

Options:
      --report KIND=FILE  junit, messages, or html, which is made of messages; repeatable

A suite or a feature file that several inputs hold parts of is one in the merged report. The run that
merged messages tell of is a success when all runs were.

Exit codes: 0 merged, whatever the reports tell; 2 an input or an output that cannot be used

Example, after the parts 1/2 and 2/2 were run on two machines:
  cargo run -- run --shard 1/2 --report junit=1.xml --report messages=1.ndjson
  cargo run -- run --shard 2/2 --report junit=2.xml --report messages=2.ndjson
  cargo run -- report merge --report junit=all.xml --report html=all.html 1.xml 2.xml 1.ndjson 2.ndjson
";

/// A command line behind `report`.
#[derive(Debug, Default)]
pub(super) struct ReportArgs {
    outputs: Vec<(Output, PathBuf)>,
    inputs: Vec<PathBuf>,
    pub(super) help: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Junit,
    Messages,
    Html,
}

const OUTPUTS: [(&str, Output); 3] =
    [("junit", Output::Junit), ("messages", Output::Messages), ("html", Output::Html)];

impl Output {
    /// What it is made of.
    fn source(self) -> MergeKind {
        match self {
            Self::Junit => MergeKind::Junit,
            Self::Messages | Self::Html => MergeKind::Messages,
        }
    }
}

/// Reads what stands behind `report`.
pub(super) fn parse(words: &mut lexopt::Parser) -> Result<ReportArgs, UsageError> {
    let mut args = ReportArgs::default();
    let mut merges = false;
    while let Some(word) = words.next()? {
        match word {
            Short('h') | Long("help") => args.help = true,
            Long("report") => args.outputs.push(output(&words.value()?.string()?)?),
            Value(word) if !merges && word == "merge" => merges = true,
            Value(word) if !merges => {
                let word = word.to_string_lossy();
                return Err(UsageError(format!("unknown command 'report {word}'; known: merge")));
            }
            Value(path) => args.inputs.push(path.into()),
            Short(c) => return Err(unknown(&format!("-{c}"))),
            Long(name) => return Err(unknown(&format!("--{name}"))),
        }
    }
    if args.help || (merges && !args.outputs.is_empty() && !args.inputs.is_empty()) {
        return Ok(args);
    }
    Err(UsageError(
        "`report merge` takes at least one `--report KIND=FILE` and the files to merge; \
         try `report --help`"
            .to_owned(),
    ))
}

fn unknown(option: &str) -> UsageError {
    UsageError(format!("unknown option '{option}'; known: --report, --help"))
}

fn output(text: &str) -> Result<(Output, PathBuf), UsageError> {
    let known = || OUTPUTS.map(|(name, _)| name).join(", ");
    let (kind, path) =
        text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
            UsageError(format!("--report takes KIND=FILE with a KIND of {}, not {text:?}", known()))
        })?;
    let found = OUTPUTS.iter().find(|(name, _)| *name == kind);
    let (_, output) = found.ok_or_else(|| {
        UsageError(format!("--report: {kind:?} cannot be merged; known: {}", known()))
    })?;
    if *output == Output::Html && !cfg!(feature = "html-report") {
        return Err(UsageError(
            "--report: html needs a binary built with the feature `html-report` of harmony-bdd"
                .to_owned(),
        ));
    }
    Ok((*output, PathBuf::from(path)))
}

pub(super) fn run(args: &ReportArgs) -> ExitCode {
    if args.help {
        return say(HELP);
    }
    match merge(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => refuse(message),
    }
}

fn merge(args: &ReportArgs) -> Result<(), String> {
    let (mut junit, mut messages) = (Vec::new(), Vec::new());
    for path in &args.inputs {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|e| format!("{name}: cannot be read: {e}"))?;
        let input = MergeInput { name, text };
        let kind = input.kind().map_err(|error| error.to_string())?;
        if !args.outputs.iter().any(|(output, _)| output.source() == kind) {
            let (is, wanted) = match kind {
                MergeKind::Junit => ("JUnit XML", "junit=FILE"),
                MergeKind::Messages => ("Cucumber Messages", "messages=FILE or html=FILE"),
            };
            return Err(format!("{}: is {is}, and no --report {wanted} takes it", input.name));
        }
        match kind {
            MergeKind::Junit => junit.push(input),
            MergeKind::Messages => messages.push(input),
        }
    }
    for (output, path) in &args.outputs {
        let inputs = match output.source() {
            MergeKind::Junit => &junit,
            MergeKind::Messages => &messages,
        };
        if inputs.is_empty() {
            return Err(format!("{}: no input is of the kind it is made of", path.display()));
        }
    }
    let junit = merge::junit(&junit).map_err(|error| error.to_string())?;
    let messages = merge::messages(&messages).map_err(|error| error.to_string())?;
    for (output, path) in &args.outputs {
        let written = match output {
            Output::Junit => fs::write(path, &junit),
            Output::Messages => fs::write(path, &messages),
            #[cfg(feature = "html-report")]
            Output::Html => fs::File::create(path).and_then(|file| {
                crate::report::write_html(&mut std::io::BufWriter::new(file), &messages)
            }),
            #[cfg(not(feature = "html-report"))]
            Output::Html => Ok(()),
        };
        written.map_err(|e| format!("the report {} cannot be written: {e}", path.display()))?;
    }
    Ok(())
}
