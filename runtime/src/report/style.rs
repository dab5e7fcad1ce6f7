//! Colours, where they are wanted.

use std::fmt::Display;
use std::io::IsTerminal;

/// Wraps text in ANSI colours or leaves it plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    coloured: bool,
}

impl Style {
    /// No colours.
    pub const PLAIN: Self = Self { coloured: false };

    /// Colours when `stream` is a terminal and the environment does not say `NO_COLOR`.
    pub fn for_stream(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { coloured: stream.is_terminal() && !refused }
    }

    pub(super) fn good(self, text: impl Display) -> String {
        self.wrap("32", text)
    }

    pub(super) fn bad(self, text: impl Display) -> String {
        self.wrap("1;31", text)
    }

    pub(super) fn odd(self, text: impl Display) -> String {
        self.wrap("33", text)
    }

    pub(super) fn strong(self, text: impl Display) -> String {
        self.wrap("1", text)
    }

    pub(super) fn faint(self, text: impl Display) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: impl Display) -> String {
        if self.coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}
