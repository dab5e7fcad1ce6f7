//! A tree to its value.

use crate::error::Error;
use crate::expression::{Expression, Operator};
use crate::functions::call;
use crate::macros::expand;
use crate::operators::{apply, negate};
use crate::parser::parse;
use crate::value::{Value, get};

/// Evaluates an expression without variables.
///
/// ```
/// use cel_expressions::{Error, Value, evaluate};
///
/// assert_eq!(evaluate("[1, 2, 3].filter(n, n > 1)"), Ok(Value::List(vec![Value::Int(2), Value::Int(3)])));
/// assert_eq!(evaluate("7 / 0"), Err(Error::DivideByZero));
/// ```
///
/// # Errors
/// The first error that another operand does not make irrelevant: `false && 1 / 0 > 0` is `false`.
pub fn evaluate(text: &str) -> Result<Value, Error> {
    Scope::default().value(&parse(text)?)
}

/// The variables that macros have bound, the innermost last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope(Vec<(String, Value)>);

impl Scope {
    /// Returns this scope with another variable.
    pub(crate) fn with(&self, name: &str, value: Value) -> Self {
        let mut inner = self.clone();
        inner.0.push((name.to_owned(), value));
        inner
    }

    /// Evaluates a tree.
    ///
    /// # Errors
    /// See [`evaluate`].
    pub(crate) fn value(&self, expression: &Expression) -> Result<Value, Error> {
        match expression {
            Expression::Literal(value) => Ok(value.clone()),
            Expression::Name(name) => {
                let bound = self.0.iter().rev().find(|(known, _)| known == name);
                bound.map(|(_, value)| value.clone()).ok_or(Error::UndeclaredReference)
            }
            Expression::List(items) => Ok(Value::List(self.values(items)?)),
            Expression::Map(entries) => {
                let entries = entries.iter().map(|(k, v)| Ok((self.value(k)?, self.value(v)?)));
                Ok(Value::Map(entries.collect::<Result<_, Error>>()?))
            }
            Expression::Negate(operand) => negate(self.value(operand)?),
            Expression::Not(operand) => Ok(Value::Bool(!as_bool(self.value(operand))?)),
            Expression::Binary(Operator::And, sides) => self.unless_decided(sides, false),
            Expression::Binary(Operator::Or, sides) => self.unless_decided(sides, true),
            Expression::Binary(operator, sides) => {
                let [left, right] = &**sides;
                apply(*operator, &self.value(left)?, &self.value(right)?)
            }
            Expression::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                self.value(if as_bool(self.value(condition))? { yes } else { no })
            }
            Expression::Field(operand, name) => match self.value(operand)? {
                Value::Map(entries) => {
                    get(&entries, &Value::Text(name.clone())).cloned().ok_or(Error::NoSuchMember)
                }
                _ => Err(Error::NoSuchOverload),
            },
            Expression::Index(parts) => {
                let [operand, index] = &**parts;
                element(&self.value(operand)?, &self.value(index)?)
            }
            Expression::Call { name, is_method, arguments } => {
                if *is_method && let Some(value) = expand(self, name, arguments) {
                    return value;
                }
                call(name, &self.values(arguments)?)
            }
        }
    }

    fn values(&self, expressions: &[Expression]) -> Result<Vec<Value>, Error> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    /// Evaluates `&&` and `||`. An operand that is `decisive` is the result, also if the other one has no
    /// value.
    fn unless_decided(&self, sides: &[Expression; 2], decisive: bool) -> Result<Value, Error> {
        combine(sides.iter().map(|side| self.value(side)), decisive)
    }
}

/// Returns `decisive` if one of the values is, otherwise the first error, otherwise the opposite.
pub(crate) fn combine(
    values: impl Iterator<Item = Result<Value, Error>>,
    decisive: bool,
) -> Result<Value, Error> {
    let mut error = None;
    for value in values {
        match as_bool(value) {
            Ok(value) if value == decisive => return Ok(Value::Bool(decisive)),
            Ok(_) => {}
            Err(reason) => error = error.or(Some(reason)),
        }
    }
    error.map_or(Ok(Value::Bool(!decisive)), Err)
}

/// Returns whether a condition holds.
pub(crate) fn as_bool(value: Result<Value, Error>) -> Result<bool, Error> {
    match value? {
        Value::Bool(value) => Ok(value),
        _ => Err(Error::NoSuchOverload),
    }
}

fn element(operand: &Value, index: &Value) -> Result<Value, Error> {
    match operand {
        Value::List(items) => {
            let index = index.as_integer().and_then(|index| usize::try_from(index).ok());
            index.and_then(|index| items.get(index)).cloned().ok_or(Error::InvalidArgument)
        }
        Value::Map(entries) => get(entries, index).cloned().ok_or(Error::NoSuchMember),
        _ => Err(Error::NoSuchOverload),
    }
}
