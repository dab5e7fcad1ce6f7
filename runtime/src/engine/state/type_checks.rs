//! Checks of types at compile time, for macros, which know only how the types are written.
//!
//! The constant of an inherent `impl` is for the types that are refused; all other types have that of the
//! trait.

use std::marker::PhantomData;

/// Refused if it is a `Result`.
#[derive(Debug)]
pub struct NotAResult<T>(PhantomData<fn() -> T>);

/// Refused if both are the same type.
#[derive(Debug)]
pub struct Distinct<A, B>(PhantomData<fn() -> (A, B)>);

/// A type that is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Accepted;

/// A `Result` under another name.
#[derive(Debug, Clone, Copy)]
pub struct IsAResult;

/// A state that a function takes twice.
#[derive(Debug, Clone, Copy)]
pub struct IsTaken;

impl<T, E> NotAResult<Result<T, E>> {
    /// The verdict.
    pub const VERDICT: IsAResult = IsAResult;
}

impl<T> Distinct<T, T> {
    /// The verdict.
    pub const VERDICT: IsTaken = IsTaken;
}

/// The verdict about all other types.
pub trait Accepts {
    /// The verdict.
    const VERDICT: Accepted = Accepted;
}

impl<T> Accepts for NotAResult<T> {}
impl<A, B> Accepts for Distinct<A, B> {}

impl Accepted {
    /// Does nothing.
    pub const fn check(self) {}
}

impl IsAResult {
    /// Refuses the type.
    #[track_caller]
    pub const fn check(self) {
        panic!(
            "this is a `Result` under another name, so no step would take the state in it: write `Result<State, Error>`"
        );
    }
}

impl IsTaken {
    /// Refuses the type.
    #[track_caller]
    pub const fn check(self) {
        panic!(
            "this state is taken twice, under two paths, but a scenario has one value of each type: take it once"
        );
    }
}
