//! The origin of a state: its `Default`, or a fixture.
//!
//! Generic code cannot find out whether a type has a `Default`; code that names the type can. So the
//! macros write `OriginOf::<Type>::ORIGIN`, which is the constant of the inherent `impl` for a type with
//! a `Default`, and otherwise that of the trait.

use std::marker::PhantomData;

/// Made by its `Default`, unless a fixture overrides it.
#[derive(Debug)]
pub struct ByDefault;

/// Made by a fixture.
#[derive(Debug)]
pub struct ByFixture;

/// A state of type `T` with its origin.
#[derive(Debug)]
pub struct Origin<T, O>(PhantomData<fn() -> (T, O)>);

/// The origin of the states of a type.
#[derive(Debug)]
pub struct OriginOf<T>(PhantomData<fn() -> T>);

impl<T: Default> OriginOf<T> {
    /// The origin.
    pub const ORIGIN: Origin<T, ByDefault> = Origin(PhantomData);
}

/// The origin of a type without a `Default`.
pub trait WithoutDefault<T> {
    /// The origin.
    const ORIGIN: Origin<T, ByFixture> = Origin(PhantomData);
}

impl<T> WithoutDefault<T> for OriginOf<T> {}

impl<T> Origin<T, ByFixture> {
    /// Accepts a fixture of a type without a `Default`.
    pub const fn check_fixture(&self) {}
}

impl<T> Origin<T, ByDefault> {
    /// Refuses a fixture that does not override the `Default` of its type.
    #[track_caller]
    pub const fn check_fixture(&self) {
        panic!(
            "this type has a `Default`, so it needs no fixture: write `#[fixture(override_default)]` to use the fixture instead, or remove the `Default`"
        );
    }
}
