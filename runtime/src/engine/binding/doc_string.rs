//! Conversion of the step's doc string into a value.

use crate::model::DocString;

/// A type that the step's doc string converts into.
#[diagnostic::on_unimplemented(
    message = "a doc string cannot become a `{Self}`",
    label = "taken from the step's doc string",
    note = "take a `String`, a `DocString` or `Json<T>`"
)]
pub trait FromDocString: Sized {
    /// Converts the doc string.
    ///
    /// # Errors
    /// Returns the reason if the text does not fit the type.
    fn from_doc_string(text: &DocString) -> Result<Self, DocStringError>;
}

/// Reason why a doc string does not fit a type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocStringError {
    /// The media type above the text is another one.
    #[error("its media type is `{0}`, not `json`")]
    MediaType(String),
    /// The text is not the JSON of the type.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl FromDocString for String {
    fn from_doc_string(text: &DocString) -> Result<Self, DocStringError> {
        Ok(text.content.clone())
    }
}

impl FromDocString for DocString {
    fn from_doc_string(text: &DocString) -> Result<Self, DocStringError> {
        Ok(text.clone())
    }
}

/// A JSON doc string as the value it describes. Needs the feature `json`.
#[cfg(feature = "json")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

#[cfg(feature = "json")]
impl<T: serde::de::DeserializeOwned> FromDocString for Json<T> {
    fn from_doc_string(text: &DocString) -> Result<Self, DocStringError> {
        if let Some(media_type) = &text.media_type
            && !media_type.to_ascii_lowercase().ends_with("json")
        {
            return Err(DocStringError::MediaType(media_type.clone()));
        }
        Ok(Self(serde_json::from_str(&text.content)?))
    }
}
