//! The causes of an error that a function returned, as far as the error's type reveals them.
//!
//! Code that names a concrete type can find out whether that type is an [`Error`]; generic code cannot.
//! So the macros write `(&&&ReturnType::of(&value)).causes(&value)`: method look-up picks, of the
//! traits below that apply, the one with the most references.

use std::error::Error;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::model::Outcome;

/// Maximum length of a chain of causes; a longer one may be a cycle.
pub(super) const MAX_CAUSES: usize = 64;

/// The type of the value that a function returned.
#[derive(Debug)]
pub struct ReturnType<R>(PhantomData<R>);

impl<R> ReturnType<R> {
    /// Returns the type of this value.
    pub fn of(_value: &R) -> Self {
        Self(PhantomData)
    }
}

/// Causes of a type that implements [`Error`].
pub trait ErrorCauses<R> {
    /// Returns the causes of the error, outermost first.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<T, E: Error> ErrorCauses<Result<T, E>> for &&ReturnType<Result<T, E>> {
    fn causes(&self, returned: &Result<T, E>) -> Vec<String> {
        returned.as_ref().err().map_or_else(Vec::new, |error| chain(error.source()))
    }
}

/// Causes of a type that holds an error: `Box<dyn Error>`, `anyhow::Error` and similar types.
pub trait DynErrorCauses<R> {
    /// Returns the causes of the error, outermost first.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<T, E: Deref<Target: DynError>> DynErrorCauses<Result<T, E>> for &ReturnType<Result<T, E>> {
    fn causes(&self, returned: &Result<T, E>) -> Vec<String> {
        returned.as_ref().err().map_or_else(Vec::new, |error| chain(error.as_dyn().source()))
    }
}

/// Fallback for every other type.
pub trait NoCauses<R> {
    /// Returns no causes.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<R> NoCauses<R> for ReturnType<R> {
    fn causes(&self, _returned: &R) -> Vec<String> {
        Vec::new()
    }
}

/// Adds the causes of the error to a failed outcome.
pub fn with_causes(mut outcome: Outcome, causes: Vec<String>) -> Outcome {
    if let Outcome::Failed(failure) = &mut outcome
        && failure.causes.is_empty()
    {
        failure.causes = without_repetition(&failure.message, causes);
    }
    outcome
}

/// Removes each cause with which the text before it ends already, as the text of many errors does.
fn without_repetition(message: &str, causes: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for cause in causes {
        if !kept.last().map_or(message, String::as_str).ends_with(&cause) {
            kept.push(cause);
        }
    }
    kept
}

/// An error behind a pointer.
pub trait DynError {
    /// Returns the error.
    fn as_dyn(&self) -> &(dyn Error + 'static);
}

macro_rules! dyn_errors {
    ($($held:ty),*) => {$(
        impl DynError for $held {
            fn as_dyn(&self) -> &(dyn Error + 'static) {
                self
            }
        }
    )*};
}

dyn_errors!(dyn Error, dyn Error + Send, dyn Error + Sync, dyn Error + Send + Sync);

fn chain(first: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let causes = std::iter::successors(first, |error| (*error).source());
    causes.take(MAX_CAUSES).map(ToString::to_string).collect()
}

#[cfg(test)]
#[expect(clippy::needless_borrow, reason = "the macros write the same for every type")]
mod tests {
    use super::*;
    use std::fmt;

    #[derive(Debug)]
    struct Link(&'static str, Option<Box<Link>>);

    impl fmt::Display for Link {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|link| link as _)
        }
    }

    fn three() -> Link {
        Link("no answer", Some(Box::new(Link("no line", Some(Box::new(Link("unplugged", None)))))))
    }

    /// Like `anyhow::Error` and `eyre::Report`, it does not implement `Error` itself.
    struct AnyError(Box<dyn Error + Send + Sync>);

    impl Deref for AnyError {
        type Target = dyn Error + Send + Sync;

        fn deref(&self) -> &Self::Target {
            &*self.0
        }
    }

    #[test]
    fn causes_are_found_for_every_error_type() {
        let own: Result<(), Link> = Err(three());
        assert_eq!((&&&ReturnType::of(&own)).causes(&own), ["no line", "unplugged"]);
        let boxed: Result<(), Box<dyn Error>> = Err(Box::new(three()));
        assert_eq!((&&&ReturnType::of(&boxed)).causes(&boxed), ["no line", "unplugged"]);
        let any: Result<u8, AnyError> = Err(AnyError(Box::new(three())));
        assert_eq!((&&&ReturnType::of(&any)).causes(&any), ["no line", "unplugged"]);
        let text: Result<(), &str> = Err("text");
        assert!((&&&ReturnType::of(&text)).causes(&text).is_empty());
        assert!((&&&ReturnType::of(&())).causes(&()).is_empty());
    }
}
