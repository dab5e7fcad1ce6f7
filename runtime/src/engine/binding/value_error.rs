//! The error of a conversion from text.

/// The reason why a text does not fit the type that it is converted into.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// The type's own conversion refused the text. Holds the text of its error.
    #[error("{0}")]
    Refused(String),
    /// The text does not match the regex of the parameter type, which a step's text always does.
    #[error("it does not match `{0}`")]
    NoMatch(String),
    /// The regex of the parameter type does not compile.
    #[error("{0}")]
    Regex(#[from] regex::Error),
}

impl ValueError {
    /// Makes the error of a type's own conversion from the text of that error.
    pub fn refused<E: std::fmt::Display>(error: E) -> Self {
        Self::Refused(error.to_string())
    }
}
