//! Requests that cannot be answered.

/// The reason why a request cannot be answered, shown in the editor.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// The parameters do not fit the method.
    #[error("invalid parameters: {0}")]
    Parameters(#[from] serde_json::Error),
    /// The server does not have this method.
    #[error("unknown method {0:?}")]
    Method(String),
    /// There is no step at the position.
    #[error("there is no step with one definition here")]
    NoStep,
    /// The definition cannot be found in its file.
    #[error(
        "{file} does not contain the text {pattern:?} as an attribute of `{function}`; build the suite if the \
         file has changed"
    )]
    NotInSource {
        /// The source file.
        file: String,
        /// The pattern of the definition.
        pattern: String,
        /// The name of the function.
        function: String,
    },
    /// The pattern is a regex.
    #[error("the pattern is a regex; only literal texts and Cucumber Expressions can be renamed")]
    Regex,
    /// The new text has other parameters.
    #[error("the new text must have the same parameters in the same order: {0}")]
    Parameter(String),
    /// The new text is not a valid expression.
    #[error("the new text has a `{0}` that is not closed; write `\\{0}` for the character")]
    NotClosed(char),
    /// A placeholder is a part of a value only.
    #[error(
        "{file}:{line}: a value consists of a placeholder and more, so the step cannot be renamed"
    )]
    PartOfValue {
        /// The feature file.
        file: String,
        /// The line, counted from 1.
        line: u32,
    },
    /// Another definition matches a renamed step.
    #[error("the definition `{function}` ({location}) matches {text:?} already")]
    Taken {
        /// The name of the function.
        function: String,
        /// Its place.
        location: String,
        /// The new text of a step.
        text: String,
    },
}
