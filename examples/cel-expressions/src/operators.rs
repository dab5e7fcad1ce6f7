//! Arithmetic and comparison.

use std::cmp::Ordering;

use crate::error::Error;
use crate::expression::Operator;
use crate::value::{Value, get};

/// Applies an operator that needs both of its operands.
///
/// # Errors
/// [`Error::NoSuchOverload`] if it is not defined for these types; an error of arithmetic otherwise.
pub(crate) fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value, Error> {
    match operator {
        Operator::Equal => Ok(Value::Bool(left.equals(right))),
        Operator::NotEqual => Ok(Value::Bool(!left.equals(right))),
        Operator::Less => order(left, right, &[Ordering::Less]),
        Operator::LessOrEqual => order(left, right, &[Ordering::Less, Ordering::Equal]),
        Operator::Greater => order(left, right, &[Ordering::Greater]),
        Operator::GreaterOrEqual => order(left, right, &[Ordering::Greater, Ordering::Equal]),
        Operator::In => match right {
            Value::List(items) => Ok(Value::Bool(items.iter().any(|item| left.equals(item)))),
            Value::Map(entries) => Ok(Value::Bool(get(entries, left).is_some())),
            _ => Err(Error::NoSuchOverload),
        },
        _ => arithmetic(operator, left, right),
    }
}

/// Returns the negative number.
///
/// # Errors
/// [`Error::NoSuchOverload`] without a sign, [`Error::Overflow`] for the smallest number.
pub(crate) fn negate(value: Value) -> Result<Value, Error> {
    match value {
        Value::Int(number) => number.checked_neg().map(Value::Int).ok_or(Error::Overflow),
        Value::Double(number) => Ok(Value::Double(-number)),
        _ => Err(Error::NoSuchOverload),
    }
}

fn order(left: &Value, right: &Value, accepted: &[Ordering]) -> Result<Value, Error> {
    let order = left.compare(right).ok_or(Error::NoSuchOverload)?;
    Ok(Value::Bool(accepted.contains(&order)))
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value, Error> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => {
            let result = match operator {
                Operator::Add => left.checked_add(*right),
                Operator::Subtract => left.checked_sub(*right),
                Operator::Multiply => left.checked_mul(*right),
                Operator::Divide if *right == 0 => return Err(Error::DivideByZero),
                Operator::Divide => left.checked_div(*right),
                _ if *right == 0 => return Err(Error::ModulusByZero),
                _ => left.checked_rem(*right),
            };
            result.map(Value::Int).ok_or(Error::Overflow)
        }
        (Value::Uint(left), Value::Uint(right)) => {
            let result = match operator {
                Operator::Add => left.checked_add(*right),
                Operator::Subtract => left.checked_sub(*right),
                Operator::Multiply => left.checked_mul(*right),
                Operator::Divide => {
                    return left.checked_div(*right).map(Value::Uint).ok_or(Error::DivideByZero);
                }
                _ => return left.checked_rem(*right).map(Value::Uint).ok_or(Error::ModulusByZero),
            };
            result.map(Value::Uint).ok_or(Error::Overflow)
        }
        (Value::Double(left), Value::Double(right)) => match operator {
            Operator::Add => Ok(Value::Double(left + right)),
            Operator::Subtract => Ok(Value::Double(left - right)),
            Operator::Multiply => Ok(Value::Double(left * right)),
            Operator::Divide => Ok(Value::Double(left / right)),
            _ => Err(Error::NoSuchOverload),
        },
        (left, right) if operator == Operator::Add => concatenate(left, right),
        _ => Err(Error::NoSuchOverload),
    }
}

fn concatenate(left: &Value, right: &Value) -> Result<Value, Error> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(Value::Text(format!("{left}{right}"))),
        (Value::Bytes(left), Value::Bytes(right)) => {
            Ok(Value::Bytes([left.as_slice(), right].concat()))
        }
        (Value::List(left), Value::List(right)) => {
            Ok(Value::List([left.as_slice(), right].concat()))
        }
        _ => Err(Error::NoSuchOverload),
    }
}
