//! The option for color, shared by every command that prints a report.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::ColorChoice;

#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct ColorOption {
    /// When to use color: auto, always, never
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        value_parser = color_choice(),
        hide_possible_values = true
    )]
    pub(in crate::cli) color: ColorChoice,
}

fn color_choice() -> impl TypedValueParser<Value = ColorChoice> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|choice| match choice.as_str() {
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => ColorChoice::Auto,
    })
}
