//! A user's function with the inputs of its parameters, behind one interface for all signatures.

use std::fmt;

use super::invocation::Invocation;
use super::signature::{BoxFuture, Inputs, StateVisitor};
use crate::engine::state::{FixtureResult, FixtureValue};
use crate::model::Outcome;

/// A user's function and the inputs of its parameters.
pub enum Callable<T: 'static> {
    /// A `fn`.
    Sync(&'static dyn SyncCallable<T>),
    /// An `async fn`.
    Async(&'static dyn AsyncCallable<T>),
}

impl<T> Callable<T> {
    /// Passes every state that the function takes to `visit`, until `visit` refuses one.
    pub(in crate::engine) fn each_state(
        &self,
        visit: &mut StateVisitor<'_>,
    ) -> Result<(), Outcome> {
        match self {
            Self::Sync(body) => body.each_state(visit),
            Self::Async(body) => body.each_state(visit),
        }
    }
}

// Not derived: that would require the same of `T`, and no `T` is stored.
impl<T> Clone for Callable<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Callable<T> {}

impl<T> fmt::Debug for Callable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sync(_) => "Sync",
            Self::Async(_) => "Async",
        })
    }
}

/// The states that a function takes.
pub trait TakesStates: Sync {
    /// Passes every state to `visit`, until `visit` refuses one.
    ///
    /// # Errors
    /// Returns the reason for the refusal.
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome>;
}

/// A `fn` of any signature.
pub trait SyncCallable<T>: TakesStates {
    /// Acquires the arguments and calls the function.
    ///
    /// # Errors
    /// Returns the reason why it could not be called, or its own error.
    fn run(&self, call: &Invocation<'_>) -> Result<T, Outcome>;
}

/// An `async fn` of any signature.
pub trait AsyncCallable<T>: TakesStates {
    /// Acquires the arguments and calls the function. The future's errors are those of [`SyncCallable::run`].
    fn run<'a>(&'a self, call: &'a Invocation<'a>) -> BoxFuture<'a, Result<T, Outcome>>;
}

/// Conversion of the value that a function returns into the result of the call.
pub trait IntoResult<T> {
    /// Converts to the result of the call.
    ///
    /// # Errors
    /// Returns the error that the function returned.
    fn into_result(self) -> Result<T, Outcome>;
}

impl IntoResult<Outcome> for () {
    fn into_result(self) -> Result<Outcome, Outcome> {
        Ok(Outcome::Passed)
    }
}

impl IntoResult<Outcome> for Outcome {
    fn into_result(self) -> Result<Outcome, Outcome> {
        Ok(self)
    }
}

impl IntoResult<FixtureValue> for FixtureResult {
    fn into_result(self) -> Result<FixtureValue, Outcome> {
        self
    }
}

/// A `fn` and its inputs.
#[derive(Debug)]
pub struct Function<I: Inputs, R: 'static> {
    /// Inputs of the parameters. Before the function, so that type inference knows its signature.
    pub inputs: I,
    /// The function itself.
    pub function: I::Function<R>,
}

/// An `async fn` and its inputs.
#[derive(Debug)]
pub struct AsyncFunction<I: Inputs, R: 'static> {
    /// Inputs of the parameters. Before the function, so that type inference knows its signature.
    pub inputs: I,
    /// The function itself.
    pub function: I::AsyncFunction<R>,
}

impl<I: Inputs, R: 'static> TakesStates for Function<I, R> {
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome> {
        self.inputs.each_state(visit)
    }
}

impl<I: Inputs, R: 'static> TakesStates for AsyncFunction<I, R> {
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome> {
        self.inputs.each_state(visit)
    }
}

impl<I: Inputs, R: IntoResult<T> + 'static, T: 'static> SyncCallable<T> for Function<I, R> {
    fn run(&self, call: &Invocation<'_>) -> Result<T, Outcome> {
        self.inputs.call(self.function, call)?.into_result()
    }
}

impl<I: Inputs, R: IntoResult<T> + 'static, T: 'static> AsyncCallable<T> for AsyncFunction<I, R> {
    fn run<'a>(&'a self, call: &'a Invocation<'a>) -> BoxFuture<'a, Result<T, Outcome>> {
        let returned = self.inputs.call_async(self.function, call);
        Box::pin(async { returned.await?.into_result() })
    }
}
