//! Colors of terminal output.

use std::fmt::Display;
use std::io::IsTerminal;

use crate::text::ControlFilter;

/// The style of terminal output: with ANSI colors or plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colored: bool,
}

/// The choice of `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Colors on a terminal, unless the environment decides otherwise.
    #[default]
    Auto,
    /// Colors for any output.
    Always,
    /// No colors for any output.
    Never,
}

impl Style {
    /// No colors.
    pub const PLAIN: Self = Self { colored: false };

    /// Returns the style of a report written to `stream`.
    ///
    /// With [`ColorChoice::Auto`] the environment decides, by the conventions of `NO_COLOR`,
    /// `FORCE_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR` and `TERM`, in this order.
    pub fn for_stream(stream: &impl IsTerminal, choice: ColorChoice) -> Self {
        let colored = match choice {
            ColorChoice::Auto => {
                color_of_environment(|name| std::env::var(name).ok(), stream.is_terminal())
            }
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Self { colored }
    }

    /// Returns the control sequences that text of steps may have in this style.
    pub(crate) fn control_filter(self) -> ControlFilter {
        if self.colored { ControlFilter::KeepColors } else { ControlFilter::RemoveAll }
    }

    pub(crate) fn success(self, text: impl Display) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn failure(self, text: impl Display) -> String {
        self.wrap("1;31", text)
    }

    pub(crate) fn warning(self, text: impl Display) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: impl Display) -> String {
        if self.colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

fn color_of_environment(variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is_off = |value: &str| value == "0" || value.eq_ignore_ascii_case("false");
    if value("NO_COLOR").is_some() {
        return false;
    }
    if let Some(force) = value("FORCE_COLOR") {
        return !is_off(&force);
    }
    if value("CLICOLOR_FORCE").is_some_and(|force| !is_off(&force)) {
        return true;
    }
    let is_refused = value("CLICOLOR").is_some_and(|color| is_off(&color));
    is_terminal && !is_refused && value("TERM").as_deref() != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(variables: &[(&str, &str)], is_terminal: bool) -> bool {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        color_of_environment(|name| find(name).map(|(_, value)| (*value).to_owned()), is_terminal)
    }

    #[test]
    fn color_depends_on_the_terminal_by_default() {
        assert!(color(&[], true));
        assert!(!color(&[], false));
        assert!(color(&[("NO_COLOR", "")], true), "an empty variable has no effect");
    }

    #[test]
    fn dumb_terminal_has_no_color() {
        assert!(!color(&[("TERM", "dumb")], true));
        assert!(!color(&[("CLICOLOR", "0")], true));
    }

    #[test]
    fn color_can_be_forced_in_a_pipe() {
        assert!(color(&[("FORCE_COLOR", "1")], false));
        assert!(color(&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], false));
        assert!(!color(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!color(&[("FORCE_COLOR", "0")], true));
    }

    #[test]
    fn no_color_takes_precedence() {
        assert!(!color(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true));
    }
}
