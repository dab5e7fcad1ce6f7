//! The changes of a scenario, one for each mutant.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One change of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A Given or When does not happen.
    LeaveOut,
    /// No When happens, and the only Then is the one that is examined.
    LeaveOutWhens,
    /// A captured value is another one.
    Value {
        /// The bytes of the value in the text of the step.
        range: Range<usize>,
        /// The value as it is written.
        from: String,
        /// The values that replace it, one for each trial.
        to: Vec<String>,
    },
    /// A row of the table is missing; counted from 1.
    DropRow(usize),
    /// A row of the table is there twice; counted from 1.
    DoubleRow(usize),
    /// The second half of the doc string is missing.
    CutDocString,
    /// The step is sent to the process of another role.
    SwapRole {
        /// The role of the step.
        from: String,
        /// The role that gets it instead.
        to: String,
    },
    /// The step happens twice. A report, not part of the score.
    Repeat,
    /// No change: some mutant of the scenario must make this Then fail.
    SeenToFail,
}

impl Change {
    /// Returns the name of the kind of change, as marks and JSON use it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LeaveOut => "leave-out",
            Self::LeaveOutWhens => "no-whens",
            Self::Value { .. } => "value",
            Self::DropRow(_) => "drop-row",
            Self::DoubleRow(_) => "double-row",
            Self::CutDocString => "cut-doc-string",
            Self::SwapRole { .. } => "swap-role",
            Self::Repeat => "repeat",
            Self::SeenToFail => "seen-to-fail",
        }
    }

    /// Returns what it means that no step failed.
    pub fn meaning_if_unnoticed(&self) -> String {
        match self {
            Self::LeaveOut => "no later step notices that this step did not happen".to_owned(),
            Self::LeaveOutWhens => "passes though nothing happened".to_owned(),
            Self::Value { from, .. } => {
                format!("no step notices another value than {}", shown(from))
            }
            Self::DropRow(row) => format!("no step notices that row {row} is missing"),
            Self::DoubleRow(row) => format!("no step notices that row {row} is there twice"),
            Self::CutDocString => "no step notices that half of the text is missing".to_owned(),
            Self::SwapRole { to, .. } => format!("no step notices that '{to}' executed this step"),
            Self::Repeat => "the step may happen twice".to_owned(),
            Self::SeenToFail => "has never been seen to fail".to_owned(),
        }
    }
}

/// Displays the change in words.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeaveOut => f.write_str("left out"),
            Self::LeaveOutWhens => f.write_str("all Whens left out"),
            Self::Value { from, to, .. } => {
                let to: Vec<_> = to.iter().map(|value| shown(value)).collect();
                write!(f, "{} changed to {}", shown(from), to.join(" or "))
            }
            Self::DropRow(row) => write!(f, "row {row} of the table dropped"),
            Self::DoubleRow(row) => write!(f, "row {row} of the table doubled"),
            Self::CutDocString => f.write_str("second half of the doc string cut"),
            Self::SwapRole { from, to } => write!(f, "sent to '{to}' instead of '{from}'"),
            Self::Repeat => f.write_str("repeated"),
            Self::SeenToFail => f.write_str("all mutations of this scenario"),
        }
    }
}

/// Returns a number as it is, and any other value in quotes.
fn shown(value: &str) -> Cow<'_, str> {
    match value.parse::<f64>() {
        Ok(_) => Cow::Borrowed(value),
        Err(_) => Cow::Owned(format!("'{value}'")),
    }
}
