//! A user's function with the inputs of its parameters, behind one face for all signatures.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::input::Input;
use super::{Invocation, Made, MadeResult, StateNeed};
use crate::model::Outcome;

/// What runs: a user's function and where its arguments come from.
pub enum Body<T: 'static> {
    /// A `fn`.
    Sync(&'static dyn SyncBody<T>),
    /// An `async fn`.
    Async(&'static dyn AsyncBody<T>),
}

impl<T> Body<T> {
    /// Shows every state that the function takes, until one is refused.
    pub(super) fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome> {
        match self {
            Self::Sync(body) => body.each_state(visit),
            Self::Async(body) => body.each_state(visit),
        }
    }
}

// Derived, both would ask the same of `T`, of which there is none inside.
impl<T> Clone for Body<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Body<T> {}

impl<T> fmt::Debug for Body<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sync(_) => "Sync",
            Self::Async(_) => "Async",
        })
    }
}

/// A value on its way.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is shown the states that a function takes.
pub type StateVisitor<'a> = dyn FnMut(&StateNeed) -> Result<(), Outcome> + 'a;

/// The states that a function takes.
pub trait TakesStates: Sync {
    /// Shows every one, until one is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome>;
}

/// A `fn` of whatever signature.
pub trait SyncBody<T>: TakesStates {
    /// Gets the arguments and calls it.
    ///
    /// # Errors
    /// Why it could not be called, or its own error.
    fn run(&self, call: &Invocation<'_>) -> Result<T, Outcome>;
}

/// An `async fn` of whatever signature.
pub trait AsyncBody<T>: TakesStates {
    /// Gets the arguments and calls it. The future's errors are those of [`SyncBody::run`].
    fn run<'a>(&'a self, call: &'a Invocation<'a>) -> BoxFuture<'a, Result<T, Outcome>>;
}

/// What a function returns, as its body's result.
pub trait IntoResult<T> {
    /// The result.
    ///
    /// # Errors
    /// The error that the function returned.
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

impl IntoResult<Made> for MadeResult {
    fn into_result(self) -> Result<Made, Outcome> {
        self
    }
}

/// The inputs of a signature: a tuple of [`Input`]s.
pub trait Inputs: Sync + 'static {
    /// The function that takes them.
    type Function<R: 'static>: Copy + Sync + 'static;
    /// The same for an `async fn`. The call comes first: its lifetime is that of the future.
    type AsyncFunction<R: 'static>: Copy + Sync + 'static;

    /// Shows every state among them, until one is refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome>;

    /// Gets them and calls the function.
    ///
    /// # Errors
    /// The outcome of the step when one of them cannot be had.
    fn call<R: 'static>(
        &self,
        function: Self::Function<R>,
        call: &Invocation<'_>,
    ) -> Result<R, Outcome>;

    /// Gets them and calls the async function.
    fn call_async<'a, R: 'static>(
        &'a self,
        function: Self::AsyncFunction<R>,
        call: &'a Invocation<'a>,
    ) -> BoxFuture<'a, Result<R, Outcome>>;
}

/// A `fn` and its inputs.
#[derive(Debug)]
pub struct Function<I: Inputs, R: 'static> {
    /// Where its arguments come from. Before the function, so that they say what it looks like.
    pub inputs: I,
    /// What is called.
    pub function: I::Function<R>,
}

/// An `async fn` and its inputs.
#[derive(Debug)]
pub struct AsyncFunction<I: Inputs, R: 'static> {
    /// Where its arguments come from. Before the function, so that they say what it looks like.
    pub inputs: I,
    /// What is called.
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

impl<I: Inputs, R: IntoResult<T> + 'static, T: 'static> SyncBody<T> for Function<I, R> {
    fn run(&self, call: &Invocation<'_>) -> Result<T, Outcome> {
        self.inputs.call(self.function, call)?.into_result()
    }
}

impl<I: Inputs, R: IntoResult<T> + 'static, T: 'static> AsyncBody<T> for AsyncFunction<I, R> {
    fn run<'a>(&'a self, call: &'a Invocation<'a>) -> BoxFuture<'a, Result<T, Outcome>> {
        let returned = self.inputs.call_async(self.function, call);
        Box::pin(async { returned.await?.into_result() })
    }
}

macro_rules! inputs {
    ($($input:ident $held:ident),*) => {
        #[allow(non_snake_case, unused_variables, reason = "a field is named as its type; none may be there")]
        impl<$($input: Input),*> Inputs for ($($input,)*) {
            type Function<R: 'static> = for<'h> fn($($input::Argument<'h>),*) -> R;
            type AsyncFunction<R: 'static> =
                for<'h> fn(&'h Invocation<'h>, $($input::Argument<'h>),*) -> BoxFuture<'h, R>;

            fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome> {
                let ($($input,)*) = self;
                $(if let Some(need) = $input.state() {
                    visit(&need)?;
                })*
                Ok(())
            }

            fn call<R: 'static>(
                &self,
                function: Self::Function<R>,
                call: &Invocation<'_>,
            ) -> Result<R, Outcome> {
                let ($($input,)*) = self;
                $(let mut $held = $input.hold(call)?;)*
                Ok(function($($input::pass(&mut $held)),*))
            }

            fn call_async<'a, R: 'static>(
                &'a self,
                function: Self::AsyncFunction<R>,
                call: &'a Invocation<'a>,
            ) -> BoxFuture<'a, Result<R, Outcome>> {
                let ($($input,)*) = self;
                Box::pin(async move {
                    $(let mut $held = $input.hold(call)?;)*
                    Ok(function(call, $($input::pass(&mut $held)),*).await)
                })
            }
        }
    };
}

/// For every number of inputs up to those named.
macro_rules! inputs_up_to {
    () => {
        inputs!();
    };
    ($input:ident $held:ident $(, $inputs:ident $all_held:ident)*) => {
        inputs!($input $held $(, $inputs $all_held)*);
        inputs_up_to!($($inputs $all_held),*);
    };
}

// One more than a step takes: a wrapper may want the call itself.
inputs_up_to!(
    A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p, Q q
);
