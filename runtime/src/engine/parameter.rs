//! Custom parameter types of Cucumber Expressions: what `#[param]` declares.

use super::SourcePlace;
use crate::model::CodePlace;

/// A type that a `{name}` in an expression captures, beside the built-in ones.
///
/// Implemented by `#[param(name = "…", regex = "…")]` on an enum, a struct or a function. `Tag` is
/// a type of the crate that declares it, so that a function may declare one for any type; `NAME`
/// stands for the name, so that an expression finds the declaration by name and type.
#[diagnostic::on_unimplemented(
    message = "no parameter type of this name makes a `{Self}`",
    label = "this parameter of the expression is none of the built-in ones",
    note = "built in are `{{int}}`, `{{float}}`, `{{word}}`, `{{string}}`, `{{}}`, `{{double}}`, `{{bigdecimal}}`, `{{byte}}`, `{{short}}`, `{{long}}`, `{{biginteger}}`",
    note = "declare one with `#[param(name = \"…\", regex = \"…\")]` on an enum, a struct or a function that returns the type"
)]
pub trait Parameter<Tag, const NAME: u64>: Sized {
    /// What it looks like, without capture groups.
    const REGEX: &'static str;

    /// Converts the text it captured.
    ///
    /// # Errors
    /// The reason in words when the text does not fit.
    fn from_parameter(text: &str) -> Result<Self, String>;
}

/// A parameter type as a step uses it.
#[derive(Debug, Clone, Copy)]
pub struct ParameterUse<T> {
    /// What it looks like, without capture groups.
    pub regex: &'static str,
    /// Converts the text it captured.
    pub convert: fn(&str) -> Result<T, String>,
}

impl<T> ParameterUse<T> {
    /// The declaration of the parameter type with this name and type.
    pub const fn find<Tag, const NAME: u64>() -> Self
    where
        T: Parameter<Tag, NAME>,
    {
        Self { regex: T::REGEX, convert: T::from_parameter }
    }
}

/// One declared parameter type, for listings.
#[derive(Debug)]
pub struct ParameterDefinition {
    /// The name between the braces.
    pub name: &'static str,
    /// Its regex as written.
    pub regex: &'static str,
    /// The type it makes, as written.
    pub makes: &'static str,
    /// Where the attribute stands.
    pub at: SourcePlace,
}

impl ParameterDefinition {
    /// Where the declaration stands.
    pub fn place(&self) -> CodePlace {
        self.at.place()
    }
}

inventory::collect!(ParameterDefinition);

/// The texts of a parameter's groups, for a function that takes them one by one.
///
/// # Errors
/// When the text does not match the regex, which a step's text always does.
pub fn groups<'a>(
    regex: &std::sync::OnceLock<regex::Regex>,
    source: &str,
    text: &'a str,
) -> Result<Vec<Option<&'a str>>, String> {
    let regex = match regex.get() {
        Some(regex) => regex,
        None => {
            let compiled =
                regex::Regex::new(&format!("^(?:{source})$")).map_err(|e| e.to_string())?;
            regex.get_or_init(|| compiled)
        }
    };
    let captures =
        regex.captures(text).ok_or_else(|| format!("it does not look like `{source}`"))?;
    Ok(captures.iter().skip(1).map(|group| group.map(|g| g.as_str())).collect())
}
