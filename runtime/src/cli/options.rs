//! Reads the options of a command line by the table of a group of settings.

use std::fmt::Write as _;
use std::path::PathBuf;

use lexopt::prelude::*;

use super::args::UsageError;
use crate::config::{Assignment, Given, Group, Kind, Setting, Source};

/// A command line behind its command.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) given: Vec<Given>,
    /// Settings of any group.
    pub(super) assignments: Vec<Assignment>,
    pub(super) selectors: Vec<String>,
    /// The configuration file to read instead of the one that is found.
    pub(super) config: Option<PathBuf>,
    pub(super) help: bool,
}

/// Reads what is left of a command line.
pub(super) fn read(
    words: &mut lexopt::Parser,
    group: &'static Group,
) -> Result<Options, UsageError> {
    let mut options = Options::default();
    while let Some(word) = words.next()? {
        match word {
            Short('h') | Long("help") => options.help = true,
            Long("config") => options.config = Some(words.value()?.into()),
            Long("set") => options.assignments.push(assignment(words)?),
            Value(selector) => options.selectors.push(selector.string()?),
            Short(letter) => {
                let setting = group.settings.iter().find(|setting| setting.short == Some(letter));
                let setting = setting.ok_or_else(|| unknown(group, &format!("-{letter}")))?;
                options.given.push(one(words, setting, true)?);
            }
            Long(name) => {
                let (setting, on) = match (group.setting(name), name.strip_prefix("no-")) {
                    (Some(setting), _) => (setting, true),
                    (None, Some(flag)) => {
                        let setting = group.setting(flag).filter(|s| matches!(s.kind, Kind::Flag));
                        (setting.ok_or_else(|| unknown(group, &format!("--{name}")))?, false)
                    }
                    (None, None) => return Err(unknown(group, &format!("--{name}"))),
                };
                options.given.push(one(words, setting, on)?);
            }
        }
    }
    Ok(options)
}

/// The value of `--set`.
pub(super) fn assignment(words: &mut lexopt::Parser) -> Result<Assignment, UsageError> {
    let text = words.value()?.string()?;
    text.parse().map_err(|problem| UsageError(format!("--set: {problem}")))
}

/// The lines of the help about the options of `group`.
pub(super) fn describe(group: &Group) -> String {
    let mut text = String::new();
    let config = ("    ".to_owned(), "config FILE".to_owned());
    let set = ("    ".to_owned(), "set S.NAME=VALUE".to_owned());
    let mut lines = vec![
        (config, "read this file of settings instead of harmony.toml".to_owned()),
        (set, "any setting of any section, also the suite's own; repeatable".to_owned()),
    ];
    for setting in group.settings {
        let short = setting.short.map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        // A flag that is on unless said otherwise is told by the way to turn it off.
        let (no, value) = match setting.kind {
            Kind::Flag if setting.default == "true" => ("no-", String::new()),
            Kind::Flag => ("", String::new()),
            _ => ("", format!(" {}", setting.value)),
        };
        let default = match setting.kind {
            Kind::Flag => String::new(),
            _ if setting.default.is_empty() => String::new(),
            _ => format!(" (default: {})", setting.default),
        };
        let name = format!("{no}{}{value}", setting.name);
        lines.push(((short, name), format!("{}{default}", setting.help)));
    }
    for ((short, name), help) in lines {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {short}--{name:<18} {help}");
    }
    text
}

fn one(words: &mut lexopt::Parser, setting: &Setting, on: bool) -> Result<Given, UsageError> {
    let text = match setting.kind {
        Kind::Flag => on.to_string(),
        _ => words.value()?.string()?,
    };
    let source = Source::CommandLine(format!("--{}", setting.name));
    Ok(Given { name: setting.name.to_owned(), texts: vec![text], source })
}

fn unknown(group: &Group, option: &str) -> UsageError {
    let known: Vec<_> = group.settings.iter().map(|s| format!("--{}", s.name)).collect();
    UsageError(format!("unknown option '{option}'; known: {}", known.join(", ")))
}
