//! `config show`: every setting with its value and where it comes from.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::options::Options;
use super::{refuse, say, settings};
use crate::config::{Kind, Mistakes, Source, Values};

pub(super) fn show(options: &Options) -> ExitCode {
    match table(options) {
        Ok(text) => say(&text),
        Err(message) => refuse(message),
    }
}

/// The settings as a file that would set them so, the source behind each.
fn table(options: &Options) -> Result<String, String> {
    let mut layers = settings::layers(options).map_err(|error| error.0)?;
    layers.implied = settings::implied(&settings::registered(&layers).0);
    let groups = settings::groups();
    let mut mistakes = Vec::new();
    let mut text = String::new();
    for group in &groups {
        let values = match Values::read(group, &layers) {
            Ok(values) => values,
            Err(Mistakes(found)) => {
                // Groups that share a prefix find the same mistakes.
                for mistake in found {
                    if !mistakes.contains(&mistake) {
                        mistakes.push(mistake);
                    }
                }
                continue;
            }
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "[{}]", group.section);
        for (setting, values, source) in values.iter() {
            let quoted = |value: &&str| match setting.kind {
                Kind::Flag | Kind::Number { .. } | Kind::Seconds { .. } => (*value).to_owned(),
                Kind::Text(_) | Kind::Texts(_) | Kind::Choice(_) => format!("{value:?}"),
            };
            let value = match (setting.is_list(), values.first()) {
                (true, _) => {
                    format!("[{}]", values.iter().map(quoted).collect::<Vec<_>>().join(", "))
                }
                (false, Some(value)) => quoted(value),
                (false, None) => String::new(),
            };
            // What nobody set and what has no default cannot stand in a file.
            let line = match (value.is_empty(), &source) {
                (true, _) => format!("# {} is not set", setting.name),
                (false, _) => format!("{} = {value}", setting.name),
            };
            match source {
                Source::Default => {
                    let variable = group.variable(setting);
                    let _ = writeln!(text, "{line:<40} # default; {variable}");
                }
                source => {
                    let _ = writeln!(text, "{line:<40} # {source}");
                }
            }
        }
        text.push('\n');
    }
    mistakes.extend(layers.unknown_sections(&groups));
    if mistakes.is_empty() { Ok(text) } else { Err(Mistakes(mistakes).to_string()) }
}
