//! The values of a group of settings, each with the source that has the last word.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::group::whole_number;
use super::{ConfigFile, Group, Kind, Mistake, Mistakes, Setting};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// A variable of the environment.
    Variable(String),
    /// An option on the command line, as written.
    CommandLine(String),
    /// A flag of another group that stands for it.
    Implied {
        /// The flag with its section: `ring.tracking`.
        flag: String,
        /// Where that comes from.
        source: Box<Source>,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::CommandLine(option) => f.write_str(option),
            Self::Implied { flag, source } => write!(f, "{flag}, {source}"),
        }
    }
}

/// A value somebody gave, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The setting's name.
    pub name: String,
    /// The value as text; one for each element of a list.
    pub texts: Vec<String>,
    /// Who gave it.
    pub source: Source,
}

/// A setting of any group, given on the command line: `--set SECTION.NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The section of the group.
    pub section: String,
    /// The setting's name.
    pub name: String,
    /// The value as text, the elements of a list parted by commas.
    pub text: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text
            .split_once('=')
            .and_then(|(target, value)| Some((target.split_once('.')?, value)))
            .filter(|((section, name), _)| !section.is_empty() && !name.is_empty());
        match parts {
            Some(((section, name), value)) => Ok(Self {
                section: section.to_owned(),
                name: name.to_owned(),
                text: value.to_owned(),
            }),
            None => Err(format!("takes SECTION.NAME=VALUE, not {text:?}")),
        }
    }
}

/// All sources beside the defaults, weakest first.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// What flags of other groups turn on, with the section it belongs to.
    pub implied: Vec<(&'static str, Given)>,
    /// `harmony.toml`.
    pub file: Option<ConfigFile>,
    /// Where files of variables may be; the first that is there counts.
    pub folders: Vec<PathBuf>,
    /// The variables of the environment.
    pub environment: Vec<(String, String)>,
    /// The settings of any group on the command line.
    pub assignments: Vec<Assignment>,
    /// The options of the command line, which are of one group.
    pub command_line: Vec<Given>,
}

impl Layers {
    /// Sections that none of `groups` has, as mistakes.
    pub fn unknown_sections(&self, groups: &[&Group]) -> Vec<Mistake> {
        let mut mistakes =
            self.file.as_ref().map_or_else(Vec::new, |file| file.unknown_sections(groups));
        for Assignment { section, name, .. } in &self.assignments {
            if groups.iter().all(|group| group.section != section) {
                let source = Source::CommandLine(format!("--set {section}.{name}"));
                mistakes.push(Mistake { source, problem: unknown_section(section, groups) });
            }
        }
        mistakes
    }
}

/// The values of one group.
#[derive(Debug, Clone)]
pub struct Values {
    group: &'static Group,
    /// What was set, by name.
    values: Vec<(&'static str, Vec<String>, Source)>,
}

impl Values {
    /// Reads the values of `group` from all sources.
    ///
    /// # Errors
    /// Every value that cannot be and every name nobody knows, with its source.
    pub fn read(group: &'static Group, layers: &Layers) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let mut given = Vec::new();
        for (section, implied) in &layers.implied {
            if *section == group.section {
                given.push(implied.clone());
            }
        }
        if let Some(file) = &layers.file {
            given.extend(file.given(group, &mut mistakes));
        }
        if let Some(name) = group.variables_file {
            given.extend(variables_file(group, name, &layers.folders, &mut mistakes));
        }
        given.extend(variables(group, &layers.environment, &mut mistakes));
        given.extend(assigned(group, &layers.assignments, &mut mistakes));
        given.extend(layers.command_line.iter().cloned());
        let mut values: Vec<(&'static str, Vec<String>, Source)> = Vec::new();
        for Given { name, texts, source } in given {
            let Some(setting) = group.setting(&name) else {
                let problem = unknown(group, &name);
                mistakes.push(Mistake { source, problem });
                continue;
            };
            for problem in texts.iter().filter_map(|text| setting.check(text).err()) {
                let problem = match source {
                    // The option names itself.
                    Source::CommandLine(_) => problem,
                    _ => format!("`{name}` {problem}"),
                };
                mistakes.push(Mistake { source: source.clone(), problem });
            }
            match (&source, values.iter_mut().find(|(known, ..)| *known == setting.name)) {
                // The options of one command line add up; everything else replaces.
                (Source::CommandLine(_), Some((_, known, Source::CommandLine(_))))
                    if setting.is_list() =>
                {
                    known.extend(texts);
                }
                (_, Some(known)) => *known = (setting.name, texts, source),
                (_, None) => values.push((setting.name, texts, source)),
            }
        }
        if mistakes.is_empty() { Ok(Self { group, values }) } else { Err(Mistakes(mistakes)) }
    }

    /// Every setting with its values and their source, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, Vec<&str>, Source)> {
        self.group.settings.iter().map(|setting| match self.given(setting.name) {
            Some((texts, source)) => {
                (setting, texts.iter().map(String::as_str).collect(), source.clone())
            }
            None => {
                let default = Some(setting.default).filter(|text| !text.is_empty());
                (setting, default.into_iter().collect(), Source::Default)
            }
        })
    }

    /// The value of a setting; none where nobody set it and it has no default.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.given(name) {
            Some((texts, _)) => texts.last().map(String::as_str),
            None => {
                self.group.setting(name).map(|s| s.default).filter(|default| !default.is_empty())
            }
        }
    }

    /// The values of a list.
    pub fn texts(&self, name: &str) -> &[String] {
        self.given(name).map_or(&[], |(texts, _)| texts)
    }

    /// Whether a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<u64> {
        whole_number(self.text(name)?)
    }

    /// Seconds as a duration.
    pub fn seconds(&self, name: &str) -> Option<Duration> {
        Duration::try_from_secs_f64(self.text(name)?.parse().ok()?).ok()
    }

    /// Who set it.
    pub fn source(&self, name: &str) -> Source {
        self.given(name).map_or(Source::Default, |(_, source)| source.clone())
    }

    fn given(&self, name: &str) -> Option<(&[String], &Source)> {
        let (_, texts, source) = self.values.iter().find(|(known, ..)| *known == name)?;
        Some((texts, source))
    }
}

/// What to say about a section that no group has.
pub(super) fn unknown_section(section: &str, groups: &[&Group]) -> String {
    let known: Vec<_> = groups.iter().map(|group| format!("[{}]", group.section)).collect();
    format!("there is no section `{section}`; known: {}", known.join(", "))
}

/// What to say about a name that is none of the group's.
pub(super) fn unknown(group: &Group, name: &str) -> String {
    let known: Vec<_> = group.settings.iter().map(|setting| setting.name).collect();
    format!("there is no setting `{name}` in [{}]; known: {}", group.section, known.join(", "))
}

fn variables(
    group: &'static Group,
    environment: &[(String, String)],
    mistakes: &mut Vec<Mistake>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix(group.prefix) else { continue };
        let is_meant = |foreign: &&str| {
            variable == foreign || (foreign.ends_with('_') && variable.starts_with(*foreign))
        };
        if group.foreign_variables.iter().any(is_meant) {
            continue;
        }
        let source = Source::Variable(variable.clone());
        match setting_of(group, rest) {
            Some(setting) => given.push(from_variable(setting, text, source)),
            None => {
                let problem = unknown(group, &rest.to_lowercase().replace('_', "-"));
                mistakes.push(Mistake { source, problem });
            }
        }
    }
    given
}

fn assigned(
    group: &'static Group,
    assignments: &[Assignment],
    mistakes: &mut Vec<Mistake>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for Assignment { section, name, text } in assignments {
        if section != group.section {
            continue;
        }
        let source = Source::CommandLine(format!("--set {section}.{name}"));
        match group.setting(name) {
            Some(setting) => given.push(from_variable(setting, text, source)),
            None => mistakes.push(Mistake { source, problem: unknown(group, name) }),
        }
    }
    given
}

/// The file of variables in the first of `folders` that has it; none is no mistake.
fn variables_file(
    group: &'static Group,
    name: &str,
    folders: &[PathBuf],
    mistakes: &mut Vec<Mistake>,
) -> Vec<Given> {
    for folder in folders {
        let path = match folder.as_path() {
            here if here == Path::new(".") => PathBuf::from(name),
            folder => folder.join(name),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => return variables_of(group, &path, &text, mistakes),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                let source = Source::File { path, line: 1 };
                mistakes.push(Mistake { source, problem: error.to_string() });
                return Vec::new();
            }
        }
    }
    Vec::new()
}

fn variables_of(
    group: &'static Group,
    path: &Path,
    text: &str,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Given> {
    let mut given = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let source = Source::File { path: path.to_owned(), line: number };
        let Some((name, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=')
        else {
            let problem = format!("{line:?} is not of the form NAME=value");
            mistakes.push(Mistake { source, problem });
            continue;
        };
        // The file may hold variables for others.
        let Some(rest) = name.trim().strip_prefix(group.prefix) else { continue };
        match setting_of(group, rest) {
            Some(setting) => given.push(from_variable(setting, unquoted(value.trim()), source)),
            None => {
                let problem = unknown(group, &rest.to_lowercase().replace('_', "-"));
                mistakes.push(Mistake { source, problem });
            }
        }
    }
    given
}

fn setting_of(group: &'static Group, rest: &str) -> Option<&'static Setting> {
    let name = rest.to_lowercase().replace('_', "-");
    group.setting(&name)
}

fn from_variable(setting: &Setting, text: &str, source: Source) -> Given {
    let texts = match setting.kind {
        Kind::Flag => vec![
            match text {
                "1" | "yes" | "on" => "true",
                "0" | "no" | "off" | "" => "false",
                other => other,
            }
            .to_owned(),
        ],
        // A list in a variable is parted by commas.
        Kind::Texts(_) => {
            text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
        }
        _ => vec![text.to_owned()],
    };
    Given { name: setting.name.to_owned(), texts, source }
}

fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}
