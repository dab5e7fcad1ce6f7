//! Implementation detail of the macros: the names that their expansions use. Not public API.

pub use harmony_bdd_macros::ParamEnum;
pub use inventory;
pub use regex::Regex;
// The user's code may have other meanings for these names, or none.
pub use std::any::TypeId;
pub use std::boxed::Box;
pub use std::option::Option::{self, None, Some};
pub use std::primitive::{bool, str, u64};
pub use std::result::Result::{self, Err, Ok};
pub use std::string::{String, ToString};
pub use std::sync::OnceLock;
pub use std::{assert, compile_error, file, include_str, line, module_path};

pub use crate::cli::{BoundTest, run_bound_test};
pub use crate::config::{any_text, field, word};
pub use crate::engine::error_causes::with_causes;
pub use crate::engine::expected_error::Expected;
pub use crate::engine::{
    Accepts, AsyncFunction, Callable, CaptureGroup, CellError, Class, Column, Distinct, Element,
    FixtureDefinition, FixtureResult, FixtureScope, FixtureValue, Function, HookDefinition,
    HookKind, IntoOutcome, Invocation, NotAResult, OriginOf, Parameter, ParameterDefinition,
    ParameterUse, Pattern, PatternKind, RowCells, State, StaticSourceLocation, StepArg,
    StepArgumentKind, StepDefinition, StepOptions, StepScope, TableRow, TagToken, ValueError,
    WithoutDefault, fixture_value, groups, parameter_value, shared_value,
};
pub use crate::model::{Outcome, StepKeyword};
pub use crate::param_needs_from_str_if_the_enum_implements_it;

/// The sources of the arguments of a function.
pub mod input {
    pub use crate::engine::input::{
        InvocationInput as Itself, OptionalInput as Optional, argument_of, custom, doc_value,
        of_after_hook, of_hook, of_step, only_argument, optional, row, rows, state_mut, text,
        value,
    };
}

/// The traits that find the error that `catch` expects, for `use catching::*`: without names, so that they
/// hide nothing of the user.
pub mod catching {
    pub use crate::engine::expected_error::{
        DowncastRef as _, FindBehindPointer as _, FindInCauses as _, FindInDyn as _,
        FindInLeaf as _, FindNothing as _, FindSame as _,
    };
}

/// The traits that find the causes of an error, for `use causes::*`.
pub mod causes {
    pub use crate::engine::error_causes::{
        DynErrorCauses, ErrorCauses, NoCauses, ReturnType as Returned,
    };
}

/// Implements `FromStr` for an enum that is a parameter type. If the enum has its own implementation, the error of the
/// compiler contains the name of this macro, and with it the remedy.
#[doc(hidden)]
#[macro_export]
macro_rules! param_needs_from_str_if_the_enum_implements_it {
    ($name:ident { $($functions:tt)* }) => {
        impl ::core::str::FromStr for $name { $($functions)* }
    };
}
