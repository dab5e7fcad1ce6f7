//! The causes of an error that a function returned, whatever the error's type can tell of them.
//!
//! Code that names a concrete type can find out whether that type is an [`Error`]; generic code cannot.
//! So the macros write `(&&&Returned::of(&value)).causes(&value)`: of the traits below the look-up takes
//! the one that wants most references and applies.

use std::error::Error;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::model::Outcome;

/// A chain of causes longer than this is cut: it may be a ring.
const MOST: usize = 64;

/// The type of what a function returned.
#[derive(Debug)]
pub struct Returned<R>(PhantomData<R>);

impl<R> Returned<R> {
    /// That of this value.
    pub fn of(_value: &R) -> Self {
        Self(PhantomData)
    }
}

/// For an error that is an [`Error`].
pub trait CausesOfError<R> {
    /// What caused the error, outermost cause first.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<T, E: Error> CausesOfError<Result<T, E>> for &&Returned<Result<T, E>> {
    fn causes(&self, returned: &Result<T, E>) -> Vec<String> {
        returned.as_ref().err().map_or_else(Vec::new, |error| chain(error.source()))
    }
}

/// For an error that holds one: `Box<dyn Error>`, and what the crates for errors of any kind have.
pub trait CausesOfHeldError<R> {
    /// What caused the error, outermost cause first.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<T, E: Deref<Target: Source>> CausesOfHeldError<Result<T, E>> for &Returned<Result<T, E>> {
    fn causes(&self, returned: &Result<T, E>) -> Vec<String> {
        returned.as_ref().err().map_or_else(Vec::new, |error| chain(error.source_of_held()))
    }
}

/// For everything else.
pub trait NoCauses<R> {
    /// Nothing.
    fn causes(&self, returned: &R) -> Vec<String>;
}

impl<R> NoCauses<R> for Returned<R> {
    fn causes(&self, _returned: &R) -> Vec<String> {
        Vec::new()
    }
}

/// The same outcome, with the causes of the error it stands for.
pub fn with_causes(mut outcome: Outcome, causes: Vec<String>) -> Outcome {
    if let Outcome::Failed(failure) = &mut outcome
        && failure.causes.is_empty()
    {
        failure.causes = causes;
    }
    outcome
}

/// An error behind a pointer.
pub trait Source {
    /// What caused it.
    fn source_of_held(&self) -> Option<&(dyn Error + 'static)>;
}

macro_rules! sources {
    ($($held:ty),*) => {$(
        impl Source for $held {
            fn source_of_held(&self) -> Option<&(dyn Error + 'static)> {
                self.source()
            }
        }
    )*};
}

sources!(dyn Error, dyn Error + Send, dyn Error + Sync, dyn Error + Send + Sync);

fn chain(first: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let causes = std::iter::successors(first, |error| (*error).source());
    causes.take(MOST).map(ToString::to_string).collect()
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

    /// As `anyhow::Error` and `eyre::Report` are: no error itself.
    struct AnyError(Box<dyn Error + Send + Sync>);

    impl Deref for AnyError {
        type Target = dyn Error + Send + Sync;

        fn deref(&self) -> &Self::Target {
            &*self.0
        }
    }

    #[test]
    fn every_type_of_error_tells_what_it_knows() {
        let own: Result<(), Link> = Err(three());
        assert_eq!((&&&Returned::of(&own)).causes(&own), ["no line", "unplugged"]);
        let boxed: Result<(), Box<dyn Error>> = Err(Box::new(three()));
        assert_eq!((&&&Returned::of(&boxed)).causes(&boxed), ["no line", "unplugged"]);
        let any: Result<u8, AnyError> = Err(AnyError(Box::new(three())));
        assert_eq!((&&&Returned::of(&any)).causes(&any), ["no line", "unplugged"]);
        let text: Result<(), &str> = Err("text");
        assert!((&&&Returned::of(&text)).causes(&text).is_empty());
        assert!((&&&Returned::of(&())).causes(&()).is_empty());
    }
}
