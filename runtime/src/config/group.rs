//! What can be set: names, kinds and ranges.

/// Settings that belong together: a section of the file and a prefix in the environment.
#[derive(Debug)]
pub struct Group {
    /// The table of `harmony.toml` that holds them.
    pub section: &'static str,
    /// What their variables begin with, such as `HARMONY_BDD_`.
    pub prefix: &'static str,
    /// The name of a file of variables, `NAME=value` on each line, that counts less than the
    /// environment. It is looked for where `harmony.toml` is.
    pub variables_file: Option<&'static str>,
    /// The settings.
    pub settings: &'static [Setting],
    /// Variables that begin with the prefix and mean something to others; one that ends in `_` stands
    /// for all that begin with it.
    pub foreign_variables: &'static [&'static str],
    /// Flags of this group that turn a flag of another group on, where nobody sets that one.
    pub implied: &'static [Implied],
}

/// A flag of one group that turns a flag of another group on.
#[derive(Debug, Clone, Copy)]
pub struct Implied {
    /// The name of the flag.
    pub flag: &'static str,
    /// The section of the other group.
    pub section: &'static str,
    /// The name of the other flag.
    pub setting: &'static str,
}

/// One thing that can be set.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file and on the command line, such as `step-timeout`; `step_timeout` is the
    /// same. Its variable is that in capitals: `HARMONY_BDD_STEP_TIMEOUT`.
    pub name: &'static str,
    /// Its letter on the command line.
    pub short: Option<char>,
    /// What its values look like.
    pub kind: Kind,
    /// What stands for its value in the help, such as `N`.
    pub value: &'static str,
    /// What it is when nobody sets it; empty for nothing.
    pub default: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

/// What the values of a setting look like.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`; on the command line `--name` or `--no-name`.
    Flag,
    /// One text that a function accepts.
    Text(fn(&str) -> Result<(), String>),
    /// Several texts that a function accepts, one by one.
    Texts(fn(&str) -> Result<(), String>),
    /// A whole number within a range.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What it counts, such as `ms`; empty for mere numbers.
        unit: &'static str,
    },
    /// Seconds above 0, perhaps with a fraction.
    Seconds {
        /// The longest.
        max: u32,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl Group {
    /// The setting of this name, written with `-` or with `_`.
    pub fn setting(&self, name: &str) -> Option<&'static Setting> {
        let same = |own: &str| {
            let dashed = name.bytes().map(|byte| if byte == b'_' { b'-' } else { byte });
            own.bytes().map(|byte| if byte == b'_' { b'-' } else { byte }).eq(dashed)
        };
        self.settings.iter().find(|setting| same(setting.name))
    }

    /// The name of the variable that sets `setting`.
    pub fn variable(&self, setting: &Setting) -> String {
        format!("{}{}", self.prefix, setting.name.replace('-', "_").to_uppercase())
    }
}

impl Setting {
    /// Whether it takes several values.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::Texts(_))
    }

    /// Whether `text` can be its value; the reason where it cannot.
    ///
    /// # Errors
    /// What is wanted instead, in words.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let accepted = match self.kind {
            Kind::Flag => matches!(text, "true" | "false"),
            Kind::Text(check) | Kind::Texts(check) => return check(text),
            Kind::Number { min, max, .. } => {
                whole_number(text).is_some_and(|number| (min..=max).contains(&number))
            }
            Kind::Seconds { max } => {
                text.parse::<f64>().is_ok_and(|seconds| seconds > 0.0 && seconds <= f64::from(max))
            }
            Kind::Choice(words) => words.contains(&text),
        };
        if accepted { Ok(()) } else { Err(format!("takes {}, not {text:?}", self.wanted())) }
    }

    /// What it takes, in words.
    pub fn wanted(&self) -> String {
        match self.kind {
            Kind::Flag => "`true` or `false`".to_owned(),
            Kind::Text(_) => "a text".to_owned(),
            Kind::Texts(_) => "texts".to_owned(),
            Kind::Number { min, max: u64::MAX, unit: "" } => {
                format!("a whole number from {min} up")
            }
            Kind::Number { min, max: u64::MAX, unit } => {
                format!("a whole number of {unit} from {min} up")
            }
            Kind::Number { min, max, unit: "" } => format!("a whole number from {min} to {max}"),
            Kind::Number { min, max, unit } => format!("{min} to {max} {unit}"),
            Kind::Seconds { max } => format!("seconds above 0 and up to {max}"),
            Kind::Choice(words) => format!("one of {}", words.join(", ")),
        }
    }
}

/// A whole number, with `_` between its digits as Rust and TOML have it.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    match text.contains('_') {
        false => text.parse().ok(),
        true if text.starts_with('_') || text.ends_with('_') => None,
        true => text.replace('_', "").parse().ok(),
    }
}
