//! An expression as a tree.

use crate::value::Value;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Literal(Value),
    Name(String),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// `-x`.
    Negate(Box<Expression>),
    /// `!x`.
    Not(Box<Expression>),
    Binary(Operator, Box<[Expression; 2]>),
    /// `condition ? yes : no`.
    Choice(Box<[Expression; 3]>),
    /// `x.name`.
    Field(Box<Expression>, String),
    /// `x[index]`.
    Index(Box<[Expression; 2]>),
    /// `name(arguments)`; `x.name(arguments)` has `x` as its first argument.
    Call {
        name: String,
        is_method: bool,
        arguments: Vec<Expression>,
    },
}

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulus,
}
