//! A finding of `check`.

/// The kind of a finding, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A step that no definition matches.
    Undefined,
    /// A step that several definitions match.
    Ambiguous,
    /// A definition of a selected step that takes one state twice, once by `&mut`.
    StateTwice,
    /// A scenario without steps whose description looks like one.
    MistypedStep,
    /// A tag such as `@retry(x)`, which looks like one that schedules scenarios and has no effect.
    MalformedTag,
    /// A placeholder of an outline without a column.
    MissingColumn,
    /// A text such as `<br>` in an outline without a column of this name.
    TagLikeText,
    /// A text after the last `|` of a table row.
    TextAfterRow,
    /// A column of an outline that no placeholder uses.
    UnusedColumn,
    /// Two scenarios with the same name in a feature.
    DuplicateName,
    /// A scenario without steps.
    NoSteps,
    /// A role that one step alone names and that resembles another one. The command adds these.
    SuspiciousRole,
    /// A part of a feature file that the reference Harmony runner reads differently. The command adds
    /// these.
    Compat,
    /// A tag that another framework obeys.
    ForeignTag,
    /// A step with another keyword than its definition.
    Keyword,
    /// A definition that no selected step uses.
    Unused,
}

impl FindingKind {
    /// All kinds, the worst first.
    pub const ALL: [Self; 16] = [
        Self::Undefined,
        Self::Ambiguous,
        Self::StateTwice,
        Self::MistypedStep,
        Self::MalformedTag,
        Self::MissingColumn,
        Self::TagLikeText,
        Self::TextAfterRow,
        Self::UnusedColumn,
        Self::DuplicateName,
        Self::NoSteps,
        Self::SuspiciousRole,
        Self::Compat,
        Self::ForeignTag,
        Self::Keyword,
        Self::Unused,
    ];

    /// Returns the name on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Ambiguous => "ambiguous",
            Self::MistypedStep => "mistyped-step",
            Self::MalformedTag => "malformed-tag",
            Self::MissingColumn => "missing-column",
            Self::StateTwice => "state-twice",
            Self::TagLikeText => "tag-like-text",
            Self::TextAfterRow => "text-after-row",
            Self::UnusedColumn => "unused-column",
            Self::DuplicateName => "duplicate-name",
            Self::NoSteps => "no-steps",
            Self::SuspiciousRole => "suspicious-role",
            Self::Compat => "compat",
            Self::ForeignTag => "foreign-tag",
            Self::Keyword => "keyword",
            Self::Unused => "unused",
        }
    }

    /// Returns true if the kind is an error by default: a run could not pass, or would test less than
    /// it seems to.
    pub fn is_denied_by_default(self) -> bool {
        matches!(
            self,
            Self::Undefined
                | Self::Ambiguous
                | Self::StateTwice
                | Self::MistypedStep
                | Self::MalformedTag
                | Self::MissingColumn
        )
    }
}

/// A finding and its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub kind: FindingKind,
    /// The finding in one sentence.
    pub message: String,
    /// The feature file, or the source file of a definition.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// Further facts, one sentence each.
    pub notes: Vec<String>,
    /// A definition to paste.
    pub snippet: Option<String>,
}
