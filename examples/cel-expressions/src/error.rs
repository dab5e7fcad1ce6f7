//! The reasons why an expression has no value.

/// An error of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not an expression.
    #[error("syntax error at byte {0}")]
    Syntax(usize),
    /// A name that no macro has bound.
    #[error("undeclared reference")]
    UndeclaredReference,
    /// An operator or a function is not defined for these types.
    #[error("no such overload")]
    NoSuchOverload,
    /// A map has no such field.
    #[error("no such member")]
    NoSuchMember,
    /// An index is not a number, or not one of the list.
    #[error("invalid argument")]
    InvalidArgument,
    /// The divisor of `/` is zero.
    #[error("divide by zero")]
    DivideByZero,
    /// The divisor of `%` is zero.
    #[error("modulus by zero")]
    ModulusByZero,
    /// A result does not fit into 64 bits.
    #[error("integer overflow")]
    Overflow,
}
