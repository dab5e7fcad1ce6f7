//! The source of a parameter taken by reference.

/// The source of a `&T` parameter. A macro sees only the name of a type, which may be the user's own or
/// an alias, so the trait [`State`](super::State) holds the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceSource {
    /// The state of the scenario, or one that scenarios share.
    State,
    /// The context of the running step.
    Context,
    /// The outcome so far, for after-hooks.
    Outcome,
    /// The table below the step.
    Table,
    /// The doc string below the step.
    DocString,
}
