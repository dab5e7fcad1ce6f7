//! The search for the error that `catch(E)` expects, in an error that a function returned.
//!
//! How to search depends on what the type of the returned error is, which generic code cannot find out;
//! code that names a concrete type can. So the macros write `(&&&&&&expected).find()`: method look-up
//! picks, of the traits below that apply, the one with the most references.

use std::any::Any;
use std::error::Error;
use std::fmt::Display;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::error_causes::{DynError, MAX_CAUSES};

/// The result of a function marked `catch(E)`.
#[derive(Debug)]
pub struct Expected<E, T, R> {
    pub(super) returned: Result<T, R>,
    expected: PhantomData<fn() -> E>,
}

impl<E, T, R> Expected<E, T, R> {
    /// Wraps the value that the function returned.
    pub fn of(returned: Result<T, R>) -> Self {
        Self { returned, expected: PhantomData }
    }
}

/// The way to find an `E` in an `R`.
#[derive(Debug)]
pub struct Find<E, R> {
    pub(super) find: fn(&R) -> Option<&E>,
    pub(super) text: fn(&E) -> String,
}

/// Search in the expected error itself.
pub trait FindSame<E, R> {
    /// Returns how to find the error.
    fn find(&self) -> Find<E, R>;
}

impl<E: Display, T> FindSame<E, E> for &&&&&Expected<E, T, E> {
    fn find(&self) -> Find<E, E> {
        Find { find: |error| Some(error), text: E::to_string }
    }
}

/// Search in a pointer to the expected error, such as `Box<E>`.
pub trait FindBehindPointer<E, R> {
    /// Returns how to find the error.
    fn find(&self) -> Find<E, R>;
}

impl<E: Display, T, R: Deref<Target = E>> FindBehindPointer<E, R> for &&&&Expected<E, T, R> {
    fn find(&self) -> Find<E, R> {
        Find { find: |error| Some(error), text: E::to_string }
    }
}

/// Refusal of an error that never has a cause.
pub trait FindInLeaf<E, R> {
    /// Does not compile.
    fn find(&self) -> Find<E, R>
    where
        R: MayHold<E>;
}

impl<E, T, R: Leaf> FindInLeaf<E, R> for &&&Expected<E, T, R> {
    fn find(&self) -> Find<E, R>
    where
        R: MayHold<E>,
    {
        Find { find: |_| None, text: |_| String::new() }
    }
}

/// Search in a type that holds an error: `Box<dyn Error>`, `anyhow::Error` and similar types.
pub trait FindInDyn<E, R> {
    /// Returns how to find the error.
    fn find(&self) -> Find<E, R>;
}

impl<E: Error + 'static, T, R: Deref<Target: DynError>> FindInDyn<E, R> for &&Expected<E, T, R> {
    fn find(&self) -> Find<E, R> {
        Find { find: |error| find_in(error.as_dyn()), text: E::to_string }
    }
}

/// Search in the causes of an error.
pub trait FindInCauses<E, R> {
    /// Returns how to find the error.
    fn find(&self) -> Find<E, R>;
}

impl<E: Error + 'static, T, R: Error + 'static> FindInCauses<E, R> for &Expected<E, T, R> {
    fn find(&self) -> Find<E, R> {
        Find { find: |error| find_in(error), text: E::to_string }
    }
}

/// Refusal of every other type.
pub trait FindNothing<E, R> {
    /// Does not compile.
    fn find(&self) -> Find<E, R>
    where
        R: MayHold<E>;
}

impl<E, T, R> FindNothing<E, R> for Expected<E, T, R> {
    fn find(&self) -> Find<E, R>
    where
        R: MayHold<E>,
    {
        Find { find: |_| None, text: |_| String::new() }
    }
}

/// Implemented by no type: it explains why `catch` is refused.
#[diagnostic::on_unimplemented(
    message = "`catch` never catches here: a `{Self}` has no `{E}` as its cause",
    label = "the function returns a `{Self}`",
    note = "return `Result<(), {E}>`, or an error that may have a `{E}` as its cause, such as `Box<dyn Error>`"
)]
pub trait MayHold<E> {}

/// Fallback for the `downcast_ref` of `anyhow::Error` and `eyre::Report`, which also finds what was added
/// as context.
pub trait DowncastRef {
    /// Returns `None`.
    fn downcast_ref<E>(&self) -> Option<&E> {
        None
    }
}

impl<R> DowncastRef for R {}

/// An error of the standard library whose `source` is always `None`.
pub trait Leaf: Error {}

macro_rules! leaves {
    ($($error:ty),* $(,)?) => {
        $(impl Leaf for $error {})*
    };
}

leaves! {
    std::array::TryFromSliceError,
    std::cell::BorrowError,
    std::cell::BorrowMutError,
    std::char::CharTryFromError,
    std::char::ParseCharError,
    std::env::VarError,
    std::fmt::Error,
    std::net::AddrParseError,
    std::num::ParseFloatError,
    std::num::ParseIntError,
    std::num::TryFromIntError,
    std::str::ParseBoolError,
    std::str::Utf8Error,
    std::string::FromUtf16Error,
    std::string::FromUtf8Error,
    std::sync::mpsc::RecvError,
    std::sync::mpsc::RecvTimeoutError,
    std::sync::mpsc::TryRecvError,
    std::time::SystemTimeError,
}

/// Returns the first `E` among an error and its causes.
fn find_in<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| (*error).source()).take(MAX_CAUSES).find_map(find_at)
}

fn find_at<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
        && !is::<E, io::Error>()
    {
        // Its `source` would skip the error that it was made from.
        return find_in(inner);
    }
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return find_in(&**shared);
    }
    error
        .downcast_ref::<E>()
        .or_else(|| error.downcast_ref::<Box<E>>().map(Deref::deref))
        .or_else(|| error.downcast_ref::<Arc<E>>().map(Deref::deref))
}

fn is<A: Any, B: Any>() -> bool {
    std::any::TypeId::of::<A>() == std::any::TypeId::of::<B>()
}
