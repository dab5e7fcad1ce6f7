//! Rows of a data table as values.

use super::StepArg;
use crate::model::{DataTable, DocString};

/// A value that a row of a data table becomes; implemented by `#[derive(TableRow)]`.
///
/// The header says which cell belongs to which field: `Full name`, `full-name` and `full_name` all
/// name the field `full_name`. A table whose first column holds the names is read column by column.
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
    /// The reason in words when a cell does not fit.
    fn from_row(row: &Row<'_>) -> Result<Self, String>;
}

/// A column that a row type knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What the header says.
    pub name: &'static str,
    /// Whether a table without it is wrong.
    pub required: bool,
}

/// One row of a table, its cells in the order of the columns.
#[derive(Debug)]
pub struct Row<'a> {
    /// Counted from 1, without the header.
    number: usize,
    columns: &'static [Column],
    cells: Vec<Option<&'a str>>,
}

impl Row<'_> {
    /// A cell as the value a field wants.
    ///
    /// # Errors
    /// When its text does not fit.
    pub fn cell<T: StepArg>(&self, column: usize, wanted: &str) -> Result<T, String> {
        self.convert(column, self.cells[column].unwrap_or_default(), wanted)
    }

    /// A cell that may be missing or empty.
    ///
    /// # Errors
    /// When there is a text and it does not fit.
    pub fn optional_cell<T: StepArg>(
        &self,
        column: usize,
        wanted: &str,
    ) -> Result<Option<T>, String> {
        match self.cells[column] {
            None | Some("") => Ok(None),
            Some(text) => self.convert(column, text, wanted).map(Some),
        }
    }

    fn convert<T: StepArg>(&self, column: usize, text: &str, wanted: &str) -> Result<T, String> {
        T::from_capture(text).map_err(|reason| {
            let (number, name) = (self.number, self.columns[column].name);
            format!("row {number}, column `{name}`: {text:?} does not fit `{wanted}`: {reason}")
        })
    }
}

/// All rows of a table.
pub(super) fn rows<T: TableRow>(table: &DataTable) -> Result<Vec<T>, String> {
    arrange(&table.rows, T::COLUMNS)?.iter().map(T::from_row).collect()
}

/// The only row of a table.
pub(super) fn one_row<T: TableRow>(table: &DataTable) -> Result<T, String> {
    let rows = arrange(&table.rows, T::COLUMNS)?;
    match rows.as_slice() {
        [row] => T::from_row(row),
        _ => Err(format!("it has {} rows below its header, but one is wanted", rows.len())),
    }
}

fn arrange<'a>(
    cells: &'a [Vec<String>],
    columns: &'static [Column],
) -> Result<Vec<Row<'a>>, String> {
    let across: Vec<&str> = cells.first().into_iter().flatten().map(String::as_str).collect();
    let down: Vec<&str> = cells.iter().filter_map(|r| r.first()).map(String::as_str).collect();
    let known = |names: &[&str]| names.iter().all(|name| position(name, columns).is_some());
    let vertical = !known(&across) && known(&down);
    let header = if vertical { &down } else { &across };
    let mut places = vec![None; columns.len()];
    for (at, name) in header.iter().enumerate() {
        let column = position(name, columns).ok_or_else(|| {
            let names: Vec<String> = columns.iter().map(|c| format!("`{}`", c.name)).collect();
            format!("there is no column `{name}`; columns are {}", names.join(", "))
        })?;
        if places[column].replace(at).is_some() {
            return Err(format!("the column `{name}` is there twice"));
        }
    }
    let missing = columns.iter().zip(&places).find(|(c, place)| c.required && place.is_none());
    if let Some((column, _)) = missing {
        return Err(format!("the column `{}` is missing", column.name));
    }
    let count = if vertical { cells[0].len() } else { cells.len() };
    let cell = |row: usize, at: usize| {
        let cell = if vertical { cells[at].get(row) } else { cells[row].get(at) };
        cell.map(String::as_str)
    };
    Ok((1..count)
        .map(|number| Row {
            number,
            columns,
            cells: places.iter().map(|place| place.and_then(|at| cell(number, at))).collect(),
        })
        .collect())
}

fn position(name: &str, columns: &[Column]) -> Option<usize> {
    columns.iter().position(|column| plain(column.name).eq(plain(name)))
}

/// The letters and digits of a name, in lower case.
fn plain(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// A value that the step's doc string becomes.
#[diagnostic::on_unimplemented(
    message = "a doc string cannot become a `{Self}`",
    label = "taken from the step's doc string",
    note = "take a `String`, a `DocString` or `Json<T>`"
)]
pub trait FromDocString: Sized {
    /// Converts the doc string.
    ///
    /// # Errors
    /// The reason in words when it does not fit.
    fn from_doc_string(text: &DocString) -> Result<Self, String>;
}

impl FromDocString for String {
    fn from_doc_string(text: &DocString) -> Result<Self, String> {
        Ok(text.content.clone())
    }
}

impl FromDocString for DocString {
    fn from_doc_string(text: &DocString) -> Result<Self, String> {
        Ok(text.clone())
    }
}

/// A doc string in JSON, as the value it describes. Needs the feature `json`.
#[cfg(feature = "json")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json<T>(pub T);

#[cfg(feature = "json")]
impl<T: serde::de::DeserializeOwned> FromDocString for Json<T> {
    fn from_doc_string(text: &DocString) -> Result<Self, String> {
        if let Some(media_type) = &text.media_type
            && !media_type.to_ascii_lowercase().ends_with("json")
        {
            return Err(format!("its media type is `{media_type}`, not `json`"));
        }
        serde_json::from_str(&text.content).map(Self).map_err(|e| e.to_string())
    }
}
