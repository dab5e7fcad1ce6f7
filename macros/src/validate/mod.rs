//! Checks that pattern and signature fit.

mod binding;

pub(crate) use binding::{Bound, bind};

use syn::{Error, Result, Type};

use crate::attr::StepAttribute;
use crate::model::{Function, Role, inside, last_segment, ungrouped, written};

/// Checks the parameters of a hook or a fixture: every state once, and no captures.
pub(crate) fn takes_states_only(function: &Function<'_>) -> Result<()> {
    states_are_distinct(function)?;
    let wrong = function.parameters.iter().find(|parameter| {
        !matches!(parameter.role, Role::StateMut { .. } | Role::Reference { optional: false, .. })
    });
    let Some(parameter) = wrong else { return Ok(()) };
    let help = by_reference(parameter.ty()).unwrap_or("take state by reference, or `&StepContext`");
    Err(Error::new(
        parameter.span(),
        format!(
            "nothing is captured for parameter `{}`: `#[{}]` has no step text\nhelp: {help}",
            parameter.shown(),
            function.attribute,
        ),
    ))
}

/// Returns the help for a type that is taken by reference.
fn by_reference(ty: &Type) -> Option<&'static str> {
    Some(match last_segment(ty)?.to_string().as_str() {
        "DataTable" => "for the table below the step take `&DataTable`",
        "DocString" => "for the text below the step take `&DocString`",
        "StepContext" => "for the running step take `&StepContext`",
        "Outcome" => "an after-hook takes `&Outcome`; a step returns its own",
        "Caught" => "for the errors that steps caught take `&Caught`",
        _ => return None,
    })
}

/// The state that a fixture makes.
pub(crate) struct MadeState<'a> {
    pub(crate) ty: &'a Type,
    /// True if the function returns a `Result` of it.
    pub(crate) fallible: bool,
}

/// Returns the state that a fixture makes.
pub(crate) fn made_state<'a>(function: &Function<'a>) -> Result<MadeState<'a>> {
    let Some(returned) = function.returns else {
        return Err(Error::new(
            function.name.span(),
            "a fixture returns the state it makes\nhelp: add `-> YourState`",
        ));
    };
    let (ty, fallible) = match inside(returned, "Result") {
        Some(ty) => (ty, true),
        None => (returned, false),
    };
    let refused = |message: &str| Err(Error::new_spanned(ty, message));
    match ungrouped(ty) {
        Type::Path(_) if is_foreign(ty) => refused(
            "a fixture makes a type of this crate, so that only one crate decides how it is made\n\
             help: wrap this type in a struct, as in `pub struct Server(Child);`",
        ),
        Type::Path(_) => Ok(MadeState { ty, fallible }),
        _ => refused(
            "state is owned and found by its type, so it must be a type with a name\nhelp: return a struct",
        ),
    }
}

/// Returns true for what is certainly a type of the standard library.
fn is_foreign(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else { return false };
    let first = path.path.segments.first().map(|segment| segment.ident.to_string());
    let names_a_crate = matches!(first.as_deref(), Some("std" | "core" | "alloc"));
    (names_a_crate && path.path.segments.len() > 1)
        || (path.path.segments.len() == 1 && is_value(ty))
        || (path.path.segments.len() == 1
            && ["Vec", "Box", "Option"].iter().any(|name| inside(ty, name).is_some()))
}

/// Returns true for types that are values of captures rather than state.
fn is_value(ty: &Type) -> bool {
    const VALUES: [&str; 18] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize", "String", "PathBuf",
    ];
    last_segment(ty).is_some_and(|last| VALUES.iter().any(|value| last == value))
}

/// Checks what the macro knows; a `&DataTable` it cannot tell from state.
fn one_step_argument(function: &Function<'_>) -> Result<()> {
    let argument = |role: &Role<'_>| {
        matches!(role, Role::Rows { .. } | Role::Row { .. } | Role::DocValue { .. })
    };
    match function.parameters.iter().filter(|parameter| argument(&parameter.role)).nth(1) {
        None => Ok(()),
        Some(second) => Err(Error::new(
            second.span(),
            "a step has one table or one doc string, not both and not two\nhelp: remove this parameter",
        )),
    }
}

fn catch_has_a_result(attribute: &StepAttribute, function: &Function<'_>) -> Result<()> {
    match (&attribute.catch, &function.returns) {
        (Some(caught), None) => Err(Error::new_spanned(
            caught,
            "`catch` has nothing to catch: the function returns no `Result`\nhelp: return `Result<(), …>` with this error",
        )),
        _ => Ok(()),
    }
}

fn states_are_distinct(function: &Function<'_>) -> Result<()> {
    let mut seen = Vec::new();
    for parameter in &function.parameters {
        let (Role::StateMut { ty } | Role::Reference { ty, .. }) = &parameter.role else {
            continue;
        };
        let ty = written(ty);
        if seen.contains(&ty) {
            return Err(Error::new(
                parameter.span(),
                format!(
                    "the state `{ty}` is taken twice, but a scenario has one value of each type\n\
                     help: take it once, or wrap one of the two in another struct"
                ),
            ));
        }
        seen.push(ty);
    }
    Ok(())
}
