//! The methods whose second argument is evaluated for each element: `all`, `exists`, `exists_one`, `filter`, `map`.

use crate::error::Error;
use crate::evaluate::{Scope, as_bool, combine};
use crate::expression::Expression;
use crate::value::Value;

/// Evaluates a macro; `None` if `name` with these arguments is not one.
pub(crate) fn expand(
    scope: &Scope,
    name: &str,
    arguments: &[Expression],
) -> Option<Result<Value, Error>> {
    let [operand, Expression::Name(variable), body] = arguments else { return None };
    matches!(name, "all" | "exists" | "exists_one" | "filter" | "map").then(|| {
        let elements = elements(scope.value(operand)?)?;
        let of = |element: &Value| scope.with(variable, element.clone()).value(body);
        match name {
            "all" => combine(elements.iter().map(of), false),
            "exists" => combine(elements.iter().map(of), true),
            "map" => Ok(Value::List(elements.iter().map(of).collect::<Result<_, _>>()?)),
            _ => {
                let kept = filter(elements, of)?;
                Ok(if name == "filter" { Value::List(kept) } else { Value::Bool(kept.len() == 1) })
            }
        }
    })
}

/// Returns the elements of a list, or the keys of a map.
fn elements(value: Value) -> Result<Vec<Value>, Error> {
    match value {
        Value::List(items) => Ok(items),
        Value::Map(entries) => Ok(entries.into_iter().map(|(key, _)| key).collect()),
        _ => Err(Error::NoSuchOverload),
    }
}

fn filter(
    elements: Vec<Value>,
    condition: impl Fn(&Value) -> Result<Value, Error>,
) -> Result<Vec<Value>, Error> {
    let mut kept = Vec::new();
    for element in elements {
        if as_bool(condition(&element))? {
            kept.push(element);
        }
    }
    Ok(kept)
}
