//! The grammar: which line may follow which.
//!
//! One state for each position in the grammar, and one list of accepted lines for each state.

use super::error::Expected;
use super::language::Title;

/// The position in the grammar before the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Before everything.
    Start,
    /// Between the language line and the feature line.
    AfterLanguage,
    /// After tags; they belong to the kind of title named.
    Tags(Title),
    /// Directly below a title line.
    Below(Title),
    /// In the free text below a title line.
    Description(Title),
    /// After a step or inside its arguments; its block is a scenario or a background.
    Step(Title, StepArguments),
    /// Inside a doc string; `after_table` is true if the step has a table above it.
    DocString { block: Title, after_table: bool },
    /// In the rows of an examples block.
    ExamplesRows,
}

/// The arguments of a step so far. A step may have one table and one doc string, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepArguments {
    Nothing,
    Table,
    DocString,
    TableThenDocString,
    DocStringThenTable,
}

impl State {
    /// Returns the lines accepted in this state, in the order in which they are tried.
    #[rustfmt::skip]
    pub(super) fn accepted(self) -> &'static [Expected] {
        use Expected::{
            Background, Comment, DocString, Empty, End, Examples, Feature, Language, Row, Rule,
            Scenario, Step, Tags, Text,
        };
        match self {
            Self::Start => &[End, Language, Tags, Feature, Comment, Empty],
            Self::AfterLanguage | Self::Tags(Title::Feature | Title::Background) => {
                &[Tags, Feature, Comment, Empty]
            }
            Self::Tags(Title::Rule) => &[Tags, Rule, Comment, Empty],
            Self::Tags(Title::Scenario) => &[Tags, Scenario, Comment, Empty],
            Self::Tags(Title::Examples) => &[Tags, Examples, Comment, Empty],
            Self::Below(Title::Feature | Title::Rule) => {
                &[End, Empty, Comment, Background, Tags, Scenario, Rule, Text]
            }
            Self::Description(Title::Feature | Title::Rule) => {
                &[End, Comment, Background, Tags, Scenario, Rule, Text]
            }
            Self::Below(Title::Background) => {
                &[End, Empty, Comment, Step, Tags, Scenario, Rule, Text]
            }
            Self::Description(Title::Background) => {
                &[End, Comment, Step, Tags, Scenario, Rule, Text]
            }
            Self::Below(Title::Scenario) => {
                &[End, Empty, Comment, Step, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Description(Title::Scenario) => {
                &[End, Comment, Step, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Below(Title::Examples) => {
                &[End, Empty, Comment, Row, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Description(Title::Examples) => {
                &[End, Comment, Row, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Step(Title::Background, carried) => match carried {
                StepArguments::Nothing | StepArguments::Table => {
                    &[End, Row, DocString, Step, Tags, Scenario, Rule, Comment, Empty]
                }
                StepArguments::DocString | StepArguments::DocStringThenTable => {
                    &[End, Row, Step, Tags, Scenario, Rule, Comment, Empty]
                }
                StepArguments::TableThenDocString => {
                    &[End, Step, Tags, Scenario, Rule, Comment, Empty]
                }
            },
            Self::Step(_, carried) => match carried {
                StepArguments::Nothing | StepArguments::Table => {
                    &[End, Row, DocString, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
                StepArguments::DocString | StepArguments::DocStringThenTable => {
                    &[End, Row, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
                StepArguments::TableThenDocString => {
                    &[End, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
            },
            Self::DocString { .. } => &[DocString, Text],
            Self::ExamplesRows => &[End, Row, Tags, Examples, Scenario, Rule, Comment, Empty],
        }
    }

    /// Returns whether tags in this state may belong to an examples block.
    pub(super) fn is_in_scenario(self) -> bool {
        matches!(
            self,
            Self::Below(Title::Scenario | Title::Examples)
                | Self::Description(Title::Scenario | Title::Examples)
                | Self::Step(Title::Scenario, _)
                | Self::ExamplesRows
        )
    }

    /// Returns the open title: for a step, that of its block.
    pub(super) fn open_title(self) -> Title {
        match self {
            Self::Start | Self::AfterLanguage => Title::Feature,
            Self::Tags(title) | Self::Below(title) | Self::Description(title) => title,
            Self::Step(block, _) | Self::DocString { block, .. } => block,
            Self::ExamplesRows => Title::Examples,
        }
    }
}
