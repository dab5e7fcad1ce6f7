//! Where each argument of a user's function comes from.
//!
//! The macros write one input per parameter. An input's code depends on its type alone and what
//! the attribute says of it is data, so that functions of one signature share all of their code.

use std::any::{Any, TypeId, type_name};
use std::borrow::Cow;
use std::marker::PhantomData;

use super::{
    FromDocString, Invocation, ParameterUse, State, StateMut, StateNeed, StateRef, StepArg,
    StepContext, TableRow, table,
};
use crate::model::{DataTable, DocString, Outcome};

/// Where one argument comes from.
pub trait Input: Sync + 'static {
    /// What is kept while the function runs.
    type Held<'a>;
    /// What the function takes of it.
    type Argument<'h>;

    /// Whether the step carries it, for what may be missing.
    fn is_there(&self, _call: &Invocation<'_>) -> bool {
        true
    }

    /// Gets it.
    ///
    /// # Errors
    /// The outcome of the step when it is not there or its text does not fit.
    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Self::Held<'a>, Outcome>;

    /// Hands it to the function, once.
    fn pass<'h>(held: &'h mut Self::Held<'_>) -> Self::Argument<'h>;

    /// The state it is, which has to be made before.
    fn state(&self) -> Option<StateNeed> {
        None
    }
}

/// An input that may be missing.
#[derive(Debug)]
pub struct Optional<I>(pub I);

impl<I: Input> Input for Optional<I> {
    type Held<'a> = Option<I::Held<'a>>;
    type Argument<'h> = Option<I::Argument<'h>>;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Self::Held<'a>, Outcome> {
        if self.0.is_there(call) { self.0.hold(call).map(Some) } else { Ok(None) }
    }

    fn pass<'h>(held: &'h mut Self::Held<'_>) -> Self::Argument<'h> {
        held.as_mut().map(I::pass)
    }
}

/// A value made for one call; gone once it is passed.
type Owned<T> = Option<T>;

fn pass_owned<T>(value: &mut Owned<T>) -> T {
    value.take().expect("an argument is passed once")
}

/// A capture as a value.
#[derive(Debug)]
pub struct Value<T> {
    capture: Capture,
    convert: fn(&str) -> Result<T, String>,
}

/// What the macro knows of a capture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capture {
    /// The group of the pattern, counted from 0.
    pub(super) group: usize,
    /// The function's parameter.
    pub(super) parameter: &'static str,
    /// The parameter's type as written.
    pub(super) wanted: &'static str,
}

/// The value that [`StepArg`] makes of a group's text.
pub const fn value<T: StepArg>(
    group: usize,
    parameter: &'static str,
    wanted: &'static str,
) -> Value<T> {
    Value { capture: Capture { group, parameter, wanted }, convert: T::from_capture }
}

/// The value that a custom parameter type makes of a group's text.
pub const fn custom<T>(
    group: usize,
    parameter: &'static str,
    wanted: &'static str,
    used: ParameterUse<T>,
) -> Value<T> {
    Value { capture: Capture { group, parameter, wanted }, convert: used.convert }
}

impl<T: 'static> Input for Value<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.text(self.capture.group).is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let text = call.required(&self.capture)?;
        match (self.convert)(&text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(call.misfit(&self.capture, &text, reason)),
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}

/// A capture as `&str`.
#[derive(Debug)]
pub struct Text(Capture);

/// The text of a group.
pub const fn text(group: usize, parameter: &'static str) -> Text {
    Text(Capture { group, parameter, wanted: "&str" })
}

impl Input for Text {
    type Held<'a> = Cow<'a, str>;
    type Argument<'h> = &'h str;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.text(self.0.group).is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Cow<'a, str>, Outcome> {
        call.required(&self.0)
    }

    fn pass<'h>(held: &'h mut Cow<'_, str>) -> &'h str {
        held
    }
}

/// `&T`: a state to look at.
#[derive(Debug)]
pub struct Ref<T>(ByDefault, PhantomData<fn() -> T>);

/// `&mut T`: a state to change.
#[derive(Debug)]
pub struct Mut<T>(ByDefault, PhantomData<fn() -> T>);

type ByDefault = fn() -> Option<Box<dyn Any>>;

/// A state to look at.
pub const fn state<T: State>() -> Ref<T> {
    Ref(by_default::<T>, PhantomData)
}

/// A state to change.
pub const fn state_mut<T: State>() -> Mut<T> {
    Mut(by_default::<T>, PhantomData)
}

fn by_default<T: State>() -> Option<Box<dyn Any>> {
    T::by_default().map(|value| Box::new(value) as Box<dyn Any>)
}

fn need<T: 'static>(by_default: ByDefault) -> StateNeed {
    StateNeed { type_id: TypeId::of::<T>(), type_name: type_name::<T>(), by_default }
}

impl<T: 'static> Input for Ref<T> {
    type Held<'a> = StateRef<'a, T>;
    type Argument<'h> = &'h T;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<StateRef<'a, T>, Outcome> {
        call.state()
    }

    fn pass<'h>(held: &'h mut StateRef<'_, T>) -> &'h T {
        held
    }

    fn state(&self) -> Option<StateNeed> {
        Some(need::<T>(self.0))
    }
}

impl<T: 'static> Input for Mut<T> {
    type Held<'a> = StateMut<'a, T>;
    type Argument<'h> = &'h mut T;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<StateMut<'a, T>, Outcome> {
        call.state_mut()
    }

    fn pass<'h>(held: &'h mut StateMut<'_, T>) -> &'h mut T {
        held
    }

    fn state(&self) -> Option<StateNeed> {
        Some(need::<T>(self.0))
    }
}

/// `&StepContext`: the running step.
#[derive(Debug)]
pub struct Context;

impl Input for Context {
    type Held<'a> = &'a StepContext;
    type Argument<'h> = &'h StepContext;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a StepContext, Outcome> {
        Ok(call.context)
    }

    fn pass<'h>(held: &'h mut &StepContext) -> &'h StepContext {
        held
    }
}

/// `&Outcome`: what came of the step or the scenario so far, for the hooks around it.
#[derive(Debug)]
pub struct SoFar;

impl Input for SoFar {
    type Held<'a> = &'a Outcome;
    type Argument<'h> = &'h Outcome;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a Outcome, Outcome> {
        Ok(call.so_far.unwrap_or(&Outcome::Passed))
    }

    fn pass<'h>(held: &'h mut &Outcome) -> &'h Outcome {
        held
    }
}

/// The call itself, for what a wrapper around the user's function asks of it.
#[derive(Debug)]
pub struct Itself;

impl Input for Itself {
    type Held<'a> = &'a Invocation<'a>;
    type Argument<'h> = &'h Invocation<'h>;

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a Invocation<'a>, Outcome> {
        Ok(call)
    }

    fn pass<'h>(held: &'h mut &Invocation<'_>) -> &'h Invocation<'h> {
        held
    }
}

/// `&DataTable`.
#[derive(Debug)]
pub struct Table(pub &'static str);

impl Input for Table {
    type Held<'a> = &'a DataTable;
    type Argument<'h> = &'h DataTable;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.table().is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a DataTable, Outcome> {
        call.required_table(self.0)
    }

    fn pass<'h>(held: &'h mut &DataTable) -> &'h DataTable {
        held
    }
}

/// The step's table as a value.
#[derive(Debug)]
pub struct Rows<T> {
    parameter: &'static str,
    convert: fn(&DataTable) -> Result<T, String>,
}

/// All rows of the step's table.
pub const fn rows<T: TableRow>(parameter: &'static str) -> Rows<Vec<T>> {
    Rows { parameter, convert: table::rows }
}

/// The only row of the step's table.
pub const fn row<T: TableRow>(parameter: &'static str) -> Rows<T> {
    Rows { parameter, convert: table::one_row }
}

impl<T: 'static> Input for Rows<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.table().is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let table = call.required_table(self.parameter)?;
        match (self.convert)(table) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => {
                Err(call.does_not_fit("data table", &table.place, self.parameter, &reason))
            }
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}

/// `&DocString`.
#[derive(Debug)]
pub struct Doc(pub &'static str);

impl Input for Doc {
    type Held<'a> = &'a DocString;
    type Argument<'h> = &'h DocString;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.doc_string().is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a DocString, Outcome> {
        call.required_doc_string(self.0)
    }

    fn pass<'h>(held: &'h mut &DocString) -> &'h DocString {
        held
    }
}

/// The step's doc string as a value.
#[derive(Debug)]
pub struct DocValue<T> {
    parameter: &'static str,
    convert: fn(&DocString) -> Result<T, String>,
}

/// The value that [`FromDocString`] makes of the step's doc string.
pub const fn doc_value<T: FromDocString>(parameter: &'static str) -> DocValue<T> {
    DocValue { parameter, convert: T::from_doc_string }
}

impl<T: 'static> Input for DocValue<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_there(&self, call: &Invocation<'_>) -> bool {
        call.doc_string().is_some()
    }

    fn hold<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let text = call.required_doc_string(self.parameter)?;
        match (self.convert)(text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => {
                Err(call.does_not_fit("doc string", &text.place, self.parameter, &reason))
            }
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}
