//! Inputs that read the table or doc string below the step's line.

use super::owned::{Owned, pass_owned};
use crate::engine::binding::signature::Input;
use crate::engine::binding::table_row::{TableError, one_row, rows as table_rows};
use crate::engine::binding::{DocStringError, FromDocString, Invocation, TableRow};
use crate::model::{DataTable, DocString, Outcome};

/// Input of a parameter that the step's table converts into.
#[derive(Debug)]
pub struct RowsInput<T> {
    parameter: &'static str,
    convert: fn(&DataTable) -> Result<T, TableError>,
}

/// Reads all rows of the step's table.
pub const fn rows<T: TableRow>(parameter: &'static str) -> RowsInput<Vec<T>> {
    RowsInput { parameter, convert: table_rows }
}

/// Reads the only row of the step's table.
pub const fn row<T: TableRow>(parameter: &'static str) -> RowsInput<T> {
    RowsInput { parameter, convert: one_row }
}

impl<T: 'static> Input for RowsInput<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_present(&self, call: &Invocation<'_>) -> bool {
        call.table().is_some()
    }

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let table = call.required_table(self.parameter)?;
        match (self.convert)(table) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(call.does_not_fit(
                "data table",
                &table.location,
                self.parameter,
                &reason.to_string(),
            )),
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}

/// Input of a parameter that the step's doc string converts into.
#[derive(Debug)]
pub struct DocValueInput<T> {
    parameter: &'static str,
    convert: fn(&DocString) -> Result<T, DocStringError>,
}

/// Converts the step's doc string with [`FromDocString`].
pub const fn doc_value<T: FromDocString>(parameter: &'static str) -> DocValueInput<T> {
    DocValueInput { parameter, convert: T::from_doc_string }
}

impl<T: 'static> Input for DocValueInput<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_present(&self, call: &Invocation<'_>) -> bool {
        call.doc_string().is_some()
    }

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let text = call.required_doc_string(self.parameter)?;
        match (self.convert)(text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(call.does_not_fit(
                "doc string",
                &text.location,
                self.parameter,
                &reason.to_string(),
            )),
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}
