//! Custom parameter types of Cucumber Expressions, declared by `#[param]`.

use std::fmt::Display;

use super::value_error::ValueError;

/// Maximum number of bytes of a compiled pattern. The macros refuse a regex of 10 MB, by an estimate, and
/// a pattern may join several: its own and those of its parameter types.
pub(in crate::engine) const MAX_REGEX_SIZE: usize = 100 << 20;

/// A type that a `{name}` in an expression captures, in addition to the built-in ones.
///
/// Implemented by `#[param(name = "…", regex = "…")]` on an enum, a struct or a function. `Tag` is
/// a type of the declaring crate, so that a function can declare a parameter for any type; `NAME`
/// encodes the name, so that an expression finds the declaration by name and type.
pub trait Parameter<Tag, const NAME: u64>: Sized {
    /// Regex of the parameter, without capture groups.
    const REGEX: &'static str;

    /// Converts the captured text.
    ///
    /// # Errors
    /// Returns the reason if the text does not fit the type.
    fn from_parameter(text: &str) -> Result<Self, ValueError>;
}

/// A step may take an `Option` of a parameter type.
#[diagnostic::do_not_recommend]
impl<T: Parameter<Tag, NAME>, Tag, const NAME: u64> Parameter<Tag, NAME> for Option<T> {
    const REGEX: &'static str = T::REGEX;

    fn from_parameter(text: &str) -> Result<Self, ValueError> {
        T::from_parameter(text).map(Some)
    }
}

/// A parameter type with its name as a type, which messages show: they would show `NAME` as a number.
#[diagnostic::on_unimplemented(
    message = "no parameter type `{{{Name}}}` makes a `{Self}`",
    label = "not one of the built-in parameter types",
    note = "built-in parameter types: `{{int}}`, `{{float}}`, `{{word}}`, `{{string}}`, `{{}}`, `{{double}}`, `{{bigdecimal}}`, `{{byte}}`, `{{short}}`, `{{long}}`, `{{biginteger}}`",
    note = "declare one with `#[param(name = \"{Name}\", regex = \"…\")]` on an enum, a struct or a function that returns the type"
)]
pub trait NamedParameter<Name, Tag, const NAME: u64>: Parameter<Tag, NAME> {}

#[diagnostic::do_not_recommend]
impl<Name, T: Parameter<Tag, NAME>, Tag, const NAME: u64> NamedParameter<Name, Tag, NAME> for T {}

/// A parameter type whose name is similar to that of a built-in one.
#[diagnostic::on_unimplemented(
    message = "no parameter type `{{{Name}}}` makes a `{Self}`",
    label = "a built-in parameter type with a similar name exists: `{{{Similar}}}`",
    note = "for a custom one, write `#[param(name = \"{Name}\", regex = \"…\")]` on an enum, a struct or a function that returns the type"
)]
pub trait SimilarParameter<Similar, Name, Tag, const NAME: u64>: Parameter<Tag, NAME> {}

#[diagnostic::do_not_recommend]
impl<Similar, Name, T: Parameter<Tag, NAME>, Tag, const NAME: u64>
    SimilarParameter<Similar, Name, Tag, NAME> for T
{
}

/// A parameter type as a step uses it.
#[derive(Debug, Clone, Copy)]
pub struct ParameterUse<T> {
    /// Regex of the parameter, without capture groups.
    pub regex: &'static str,
    /// Converts the captured text.
    pub convert: fn(&str) -> Result<T, ValueError>,
}

impl<T> ParameterUse<T> {
    /// Finds the declaration of the parameter type with this name and type.
    pub const fn find<Name, Tag, const NAME: u64>() -> Self
    where
        T: NamedParameter<Name, Tag, NAME>,
    {
        Self { regex: T::REGEX, convert: T::from_parameter }
    }

    /// Finds the declaration, for a name that is similar to a built-in one.
    pub const fn find_similar<Similar, Name, Tag, const NAME: u64>() -> Self
    where
        T: SimilarParameter<Similar, Name, Tag, NAME>,
    {
        Self { regex: T::REGEX, convert: T::from_parameter }
    }
}

/// An error that a parameter function may return.
#[diagnostic::on_unimplemented(
    message = "a parameter function cannot return the error `{Self}`: it has no text",
    label = "the error of the function",
    note = "implement `std::fmt::Display` for the error, or return another one"
)]
pub trait ParameterError: Display {}

#[diagnostic::do_not_recommend]
impl<E: Display> ParameterError for E {}

/// Converts the result of a parameter function.
///
/// # Errors
/// Returns the error of the function.
pub fn parameter_value<T, E: ParameterError>(returned: Result<T, E>) -> Result<T, ValueError> {
    returned.map_err(ValueError::refused)
}

/// Returns the texts of a parameter's groups, for a function that takes them one by one.
///
/// # Errors
/// Returns an error if the text does not match the regex, which a step's text always does.
pub fn groups<'a>(
    regex: &std::sync::OnceLock<regex::Regex>,
    source: &str,
    text: &'a str,
) -> Result<Vec<Option<&'a str>>, ValueError> {
    let regex = match regex.get() {
        Some(regex) => regex,
        None => {
            let compiled = regex::RegexBuilder::new(&format!("^(?:{source})$"))
                .size_limit(MAX_REGEX_SIZE)
                .build()?;
            regex.get_or_init(|| compiled)
        }
    };
    let captures = regex.captures(text).ok_or_else(|| ValueError::NoMatch(source.to_owned()))?;
    Ok(captures.iter().skip(1).map(|group| group.map(|g| g.as_str())).collect())
}
