//! Values and how they compare.

use std::cmp::Ordering;

/// A value of the Common Expression Language. `==` compares the types as well; see [`equals`](Self::equals)
/// for the language's own comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed number of 64 bits.
    Int(i64),
    /// An unsigned number of 64 bits, such as `7u`.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    Text(String),
    /// Bytes, such as `b'abc'`.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A map, in the order of its text.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// Compares as the operator `==` of the language: numbers of two types are equal if they are the same
    /// number, values of other types are not.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(left), Self::List(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(l, r)| l.equals(r))
            }
            (Self::Map(left), Self::Map(right)) => {
                left.len() == right.len()
                    && left.iter().all(|(key, value)| {
                        get(right, key).is_some_and(|other| value.equals(other))
                    })
            }
            _ => match self.compare(other) {
                Some(order) => order == Ordering::Equal,
                None => self == other,
            },
        }
    }

    /// Compares as the operator `<` of the language; `None` for types that have no common order.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => Some(left.cmp(right)),
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            (Self::Bytes(left), Self::Bytes(right)) => Some(left.cmp(right)),
            (Self::Double(left), right) => left.partial_cmp(&right.as_double()?),
            (left, Self::Double(right)) => left.as_double()?.partial_cmp(right),
            (left, right) => Some(left.as_integer()?.cmp(&right.as_integer()?)),
        }
    }

    /// Returns the number if it is one without a fraction.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some((*number).into()),
            Self::Uint(number) => Some((*number).into()),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it has no fraction, and is small enough"
            )]
            Self::Double(number) if number.fract() == 0.0 && number.abs() < 1e18 => {
                Some(*number as i128)
            }
            _ => None,
        }
    }

    /// Returns the nearest number with a fraction, if it is a number.
    #[expect(clippy::cast_precision_loss, reason = "the language compares them as these")]
    fn as_double(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Uint(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }
}

/// Returns the value of a key in the entries of a map.
pub(crate) fn get<'a>(entries: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    entries.iter().find(|(known, _)| known.equals(key)).map(|(_, value)| value)
}
