//! The parameters of a function: a tuple of inputs, one for each.

use std::future::Future;
use std::pin::Pin;

use super::invocation::Invocation;
use crate::engine::state::StateRequest;
use crate::model::Outcome;

/// Source of one argument.
pub trait Input: Sync + 'static {
    /// Type of the value kept while the function runs.
    type Held<'a>;
    /// Type of the argument that is passed to the function.
    type Argument<'h>;

    /// Returns whether the step has it; only optional arguments may be missing.
    fn is_present(&self, _call: &Invocation<'_>) -> bool {
        true
    }

    /// Acquires the value.
    ///
    /// # Errors
    /// Returns the outcome of the step if the value is missing or does not fit.
    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Self::Held<'a>, Outcome>;

    /// Passes the value to the function, once.
    fn pass<'h>(held: &'h mut Self::Held<'_>) -> Self::Argument<'h>;

    /// Returns the state to make before the call, if the argument is a state.
    fn state(&self) -> Option<StateRequest> {
        None
    }
}

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Callback that receives the states that a function takes.
pub type StateVisitor<'a> = dyn FnMut(&StateRequest) -> Result<(), Outcome> + 'a;

/// The inputs of all parameters: a tuple of [`Input`]s.
pub trait Inputs: Sync + 'static {
    /// The function that takes them.
    type Function<R: 'static>: Copy + Sync + 'static;
    /// The same for an `async fn`. The call comes first: the future has its lifetime.
    type AsyncFunction<R: 'static>: Copy + Sync + 'static;

    /// Passes every state among them to `visit`, until `visit` refuses one.
    ///
    /// # Errors
    /// Returns the reason for the refusal.
    fn each_state(&self, visit: &mut StateVisitor<'_>) -> Result<(), Outcome>;

    /// Acquires them and calls the function.
    ///
    /// # Errors
    /// Returns the outcome of the step if one of them cannot be acquired.
    fn call<R: 'static>(
        &self,
        function: Self::Function<R>,
        call: &Invocation<'_>,
    ) -> Result<R, Outcome>;

    /// Acquires them and calls the async function.
    fn call_async<'a, R: 'static>(
        &'a self,
        function: Self::AsyncFunction<R>,
        call: &'a Invocation<'a>,
    ) -> BoxFuture<'a, Result<R, Outcome>>;
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
                $(let mut $held = $input.acquire(call)?;)*
                Ok(function($($input::pass(&mut $held)),*))
            }

            fn call_async<'a, R: 'static>(
                &'a self,
                function: Self::AsyncFunction<R>,
                call: &'a Invocation<'a>,
            ) -> BoxFuture<'a, Result<R, Outcome>> {
                let ($($input,)*) = self;
                Box::pin(async move {
                    $(let mut $held = $input.acquire(call)?;)*
                    Ok(function(call, $($input::pass(&mut $held)),*).await)
                })
            }
        }
    };
}

/// Implements [`Inputs`] for every number of inputs up to those named.
macro_rules! inputs_up_to {
    () => {
        inputs!();
    };
    ($input:ident $held:ident $(, $inputs:ident $all_held:ident)*) => {
        inputs!($input $held $(, $inputs $all_held)*);
        inputs_up_to!($($inputs $all_held),*);
    };
}

// One more than a step takes: a wrapper may also take the call itself.
inputs_up_to!(
    A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p, Q q
);
