//! The result of a replay as text.

use std::fmt;

use super::comparison::Difference;
use crate::text::pluralize;

/// The parts of replies that are compared and those that are not, as one line of text each.
pub const REPLAY_NOTE: &str = "\
compared: results and errors of replies; of steps success, error, context and data
not compared: logs, times, process ids, addresses and numbers of shared memory, added definitions";

/// The result of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    pub(super) scenario: String,
    /// The label of the process with its platform.
    pub(super) process: String,
    /// The number of replies that were compared.
    pub(super) replies: usize,
    /// The number of recorded replies that were not compared, since the process did not reply before.
    pub(super) missed: usize,
    pub(super) different: Vec<DifferentReply>,
}

/// A reply that is not as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DifferentReply {
    /// The request, for people.
    pub(super) request: String,
    pub(super) differences: Vec<Difference>,
}

impl Replay {
    /// Returns whether there was a reply, and each was as recorded.
    pub fn is_as_recorded(&self) -> bool {
        self.replies > 0 && self.different.is_empty()
    }
}

/// A line for the conversation, and a block for each reply that is not as recorded.
impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, process, replies, missed, different } = self;
        let counted = match replies {
            1 => "1 reply".to_owned(),
            many => format!("{many} replies"),
        };
        let (mark, verdict) = match different.len() {
            0 if *replies == 0 => ("✗", "nothing to compare".to_owned()),
            0 => ("✓", "as recorded".to_owned()),
            1 => ("✗", "1 differs".to_owned()),
            many => ("✗", format!("{many} differ")),
        };
        write!(f, "{mark} {scenario}, {process}: {counted}, {verdict}")?;
        match missed {
            0 => writeln!(f)?,
            missed => writeln!(f, ", {missed} not compared")?,
        }
        for DifferentReply { request, differences } in different {
            writeln!(f, "  {request}")?;
            for Difference { field, recorded, now } in differences {
                writeln!(f, "    {field}")?;
                writeln!(f, "      - {}", indented(recorded))?;
                writeln!(f, "      + {}", indented(now))?;
            }
        }
        Ok(())
    }
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n        ")
}

/// Returns the sums of several conversations as one line.
pub fn summary(replays: &[Replay]) -> String {
    let different = replays.iter().filter(|replay| !replay.is_as_recorded()).count();
    let all = pluralize(replays.len(), "conversation");
    match different {
        0 => format!("{all}, as recorded"),
        count => format!("{all}, {count} not as recorded (- recorded, + now)"),
    }
}
