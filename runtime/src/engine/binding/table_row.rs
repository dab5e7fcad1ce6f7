//! Conversion of the rows of a data table into values.

use super::{StepArg, ValueError};
use crate::model::DataTable;

/// A type that a row of a data table converts into; implemented by `#[derive(TableRow)]`.
///
/// The header assigns each cell to a field: `Full name`, `full-name` and `full_name` all name the field
/// `full_name`. A table whose first column holds the names is read column by column.
#[diagnostic::on_unimplemented(
    message = "a row of a data table cannot become a `{Self}`",
    label = "taken from the step's data table",
    note = "derive `TableRow` for it, or take `&DataTable`"
)]
pub trait TableRow: Sized {
    /// The columns, in the order of the fields.
    const COLUMNS: &'static [Column];

    /// Converts a row.
    ///
    /// # Errors
    /// Returns an error that names the cell if one does not fit its field.
    fn from_row(row: &RowCells<'_>) -> Result<Self, CellError>;
}

/// A column that a row type declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the header.
    pub name: &'static str,
    /// True if a table without it is an error.
    pub required: bool,
}

/// The cells of one row of a table, in the order of the columns.
#[derive(Debug)]
pub struct RowCells<'a> {
    /// Row number, counted from 1, without the header.
    number: usize,
    columns: &'static [Column],
    cells: Vec<Option<&'a str>>,
}

impl RowCells<'_> {
    /// Converts a cell into the type of a field.
    ///
    /// # Errors
    /// Returns an error if the cell's text does not fit the type.
    pub fn cell<T: StepArg>(
        &self,
        column: usize,
        expected_type: &'static str,
    ) -> Result<T, CellError> {
        self.convert(column, self.cells[column].unwrap_or_default(), expected_type)
    }

    /// Converts a cell that may be missing or empty.
    ///
    /// # Errors
    /// Returns an error if there is a text and it does not fit the type.
    pub fn optional_cell<T: StepArg>(
        &self,
        column: usize,
        expected_type: &'static str,
    ) -> Result<Option<T>, CellError> {
        match self.cells[column] {
            None | Some("") => Ok(None),
            Some(text) => self.convert(column, text, expected_type).map(Some),
        }
    }

    fn convert<T: StepArg>(
        &self,
        column: usize,
        text: &str,
        expected_type: &'static str,
    ) -> Result<T, CellError> {
        T::from_capture(text).map_err(|reason| CellError {
            row: self.number,
            column: self.columns[column].name,
            text: text.to_owned(),
            expected_type,
            reason,
        })
    }
}

/// A cell that does not fit its field.
#[derive(Debug, thiserror::Error)]
#[error("row {row}, column `{column}`: {text:?} does not fit `{expected_type}`: {reason}")]
pub struct CellError {
    row: usize,
    column: &'static str,
    text: String,
    expected_type: &'static str,
    reason: ValueError,
}

/// A table that does not fit its row type.
#[derive(Debug, thiserror::Error)]
pub(super) enum TableError {
    /// The header names a column that the row type does not declare.
    #[error("unknown column `{name}`; known columns: {known}")]
    UnknownColumn {
        /// Name in the header.
        name: String,
        /// Columns of the row type.
        known: String,
    },
    /// The header names a column twice.
    #[error("duplicate column `{0}`")]
    DuplicateColumn(String),
    /// The header lacks a required column.
    #[error("missing column `{0}`")]
    MissingColumn(&'static str),
    /// The table has another number of rows than the one that the function takes.
    #[error("it has {0} rows below its header, expected one")]
    RowCount(usize),
    /// A cell does not fit its field.
    #[error(transparent)]
    Cell(#[from] CellError),
}

/// Converts all rows of a table.
pub(super) fn rows<T: TableRow>(table: &DataTable) -> Result<Vec<T>, TableError> {
    arrange(&table.rows, T::COLUMNS)?.iter().map(convert).collect()
}

/// Converts the only row of a table.
pub(super) fn one_row<T: TableRow>(table: &DataTable) -> Result<T, TableError> {
    match arrange(&table.rows, T::COLUMNS)?.as_slice() {
        [row] => convert(row),
        rows => Err(TableError::RowCount(rows.len())),
    }
}

fn convert<T: TableRow>(row: &RowCells<'_>) -> Result<T, TableError> {
    Ok(T::from_row(row)?)
}

fn arrange<'a>(
    cells: &'a [Vec<String>],
    columns: &'static [Column],
) -> Result<Vec<RowCells<'a>>, TableError> {
    let across: Vec<&str> = cells.first().into_iter().flatten().map(String::as_str).collect();
    let down: Vec<&str> = cells.iter().filter_map(|r| r.first()).map(String::as_str).collect();
    let known = |names: &[&str]| names.iter().all(|name| position(name, columns).is_some());
    let vertical = !known(&across) && known(&down);
    let header = if vertical { &down } else { &across };
    let mut locations = vec![None; columns.len()];
    for (at, name) in header.iter().enumerate() {
        let column = position(name, columns).ok_or_else(|| {
            let known: Vec<String> = columns.iter().map(|c| format!("`{}`", c.name)).collect();
            TableError::UnknownColumn { name: (*name).to_owned(), known: known.join(", ") }
        })?;
        if locations[column].replace(at).is_some() {
            return Err(TableError::DuplicateColumn((*name).to_owned()));
        }
    }
    let missing =
        columns.iter().zip(&locations).find(|(c, location)| c.required && location.is_none());
    if let Some((column, _)) = missing {
        return Err(TableError::MissingColumn(column.name));
    }
    let count = if vertical { cells[0].len() } else { cells.len() };
    let cell = |row: usize, at: usize| {
        let cell = if vertical { cells[at].get(row) } else { cells[row].get(at) };
        cell.map(String::as_str)
    };
    Ok((1..count)
        .map(|number| RowCells {
            number,
            columns,
            cells: locations
                .iter()
                .map(|location| location.and_then(|at| cell(number, at)))
                .collect(),
        })
        .collect())
}

fn position(name: &str, columns: &[Column]) -> Option<usize> {
    columns.iter().position(|column| letters_and_digits(column.name).eq(letters_and_digits(name)))
}

/// Returns the letters and digits of a name, in lower case.
fn letters_and_digits(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
