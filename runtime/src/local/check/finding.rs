//! One thing that `check` has to say.

/// What a finding is about, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A step that no definition matches.
    Undefined,
    /// A step that several definitions match.
    Ambiguous,
    /// A scenario without steps whose description looks like one.
    MistypedStep,
    /// A placeholder of an outline that no column fills.
    MissingColumn,
    /// A column of an outline that nothing uses.
    UnusedColumn,
    /// Two scenarios of one name in a file.
    DuplicateName,
    /// A scenario without steps.
    NoSteps,
    /// A step under another keyword than its definition's.
    Keyword,
    /// A definition that no selected step uses.
    Unused,
}

impl FindingKind {
    /// All of them, the worst first.
    pub const ALL: [Self; 9] = [
        Self::Undefined,
        Self::Ambiguous,
        Self::MistypedStep,
        Self::MissingColumn,
        Self::UnusedColumn,
        Self::DuplicateName,
        Self::NoSteps,
        Self::Keyword,
        Self::Unused,
    ];

    /// Its name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Ambiguous => "ambiguous",
            Self::MistypedStep => "mistyped-step",
            Self::MissingColumn => "missing-column",
            Self::UnusedColumn => "unused-column",
            Self::DuplicateName => "duplicate-name",
            Self::NoSteps => "no-steps",
            Self::Keyword => "keyword",
            Self::Unused => "unused",
        }
    }

    /// Whether it is an error unless said otherwise: a run could not pass, or would test less than
    /// it seems to.
    pub fn is_denied_by_default(self) -> bool {
        matches!(self, Self::Undefined | Self::Ambiguous | Self::MistypedStep | Self::MissingColumn)
    }
}

/// One thing to say, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// It, in one sentence.
    pub message: String,
    /// The feature file, or the source file of a definition.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What else helps, a sentence each.
    pub notes: Vec<String>,
    /// A definition to paste.
    pub snippet: Option<String>,
}
