//! Colours, where they are wanted.

use std::fmt::Display;
use std::io::IsTerminal;

/// Wraps text in ANSI colours or leaves it plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    coloured: bool,
}

/// Whether a report uses colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColourChoice {
    /// On a terminal, unless the environment says `NO_COLOR`.
    #[default]
    Auto,
    /// Whatever the output is.
    Always,
    /// Whatever the output is.
    Never,
}

impl Style {
    /// No colours.
    pub const PLAIN: Self = Self { coloured: false };

    /// Colours as `choice` has it for a report written to `stream`.
    pub fn for_stream(stream: &impl IsTerminal, choice: ColourChoice) -> Self {
        let refused = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let coloured = match choice {
            ColourChoice::Auto => stream.is_terminal() && !refused(),
            ColourChoice::Always => true,
            ColourChoice::Never => false,
        };
        Self { coloured }
    }

    pub(crate) fn good(self, text: impl Display) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn bad(self, text: impl Display) -> String {
        self.wrap("1;31", text)
    }

    pub(crate) fn odd(self, text: impl Display) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn strong(self, text: impl Display) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn faint(self, text: impl Display) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: impl Display) -> String {
        if self.coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}
