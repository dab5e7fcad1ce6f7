//! Custom parameter types of Cucumber Expressions, declared by `#[param]`.

/// A type that a `{name}` in an expression captures, in addition to the built-in ones.
///
/// Implemented by `#[param(name = "…", regex = "…")]` on an enum, a struct or a function. `Tag` is
/// a type of the declaring crate, so that a function can declare a parameter for any type; `NAME`
/// encodes the name, so that an expression finds the declaration by name and type.
#[diagnostic::on_unimplemented(
    message = "no parameter type of this name makes a `{Self}`",
    label = "not one of the built-in parameter types",
    note = "built-in parameter types: `{{int}}`, `{{float}}`, `{{word}}`, `{{string}}`, `{{}}`, `{{double}}`, `{{bigdecimal}}`, `{{byte}}`, `{{short}}`, `{{long}}`, `{{biginteger}}`",
    note = "declare one with `#[param(name = \"…\", regex = \"…\")]` on an enum, a struct or a function that returns the type"
)]
pub trait Parameter<Tag, const NAME: u64>: Sized {
    /// Regex of the parameter, without capture groups.
    const REGEX: &'static str;

    /// Converts the captured text.
    ///
    /// # Errors
    /// Returns the reason in words if the text does not fit the type.
    fn from_parameter(text: &str) -> Result<Self, String>;
}

/// A step may take an `Option` of a parameter type.
#[diagnostic::do_not_recommend]
impl<T: Parameter<Tag, NAME>, Tag, const NAME: u64> Parameter<Tag, NAME> for Option<T> {
    const REGEX: &'static str = T::REGEX;

    fn from_parameter(text: &str) -> Result<Self, String> {
        T::from_parameter(text).map(Some)
    }
}

/// A parameter type as a step uses it.
#[derive(Debug, Clone, Copy)]
pub struct ParameterUse<T> {
    /// Regex of the parameter, without capture groups.
    pub regex: &'static str,
    /// Converts the captured text.
    pub convert: fn(&str) -> Result<T, String>,
}

impl<T> ParameterUse<T> {
    /// Finds the declaration of the parameter type with this name and type.
    pub const fn find<Tag, const NAME: u64>() -> Self
    where
        T: Parameter<Tag, NAME>,
    {
        Self { regex: T::REGEX, convert: T::from_parameter }
    }
}

/// Returns the texts of a parameter's groups, for a function that takes them one by one.
///
/// # Errors
/// Returns an error if the text does not match the regex, which a step's text always does.
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
    let captures = regex.captures(text).ok_or_else(|| format!("it does not match `{source}`"))?;
    Ok(captures.iter().skip(1).map(|group| group.map(|g| g.as_str())).collect())
}
