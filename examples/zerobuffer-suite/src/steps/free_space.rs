//! 05.6: the largest contiguous space for given positions of reader and writer.
//!
//! Measured, not computed: the positions are written into the control block, and an attached writer
//! tries to reserve frames.

use std::time::Duration;

use super::expectation::{StepResult, ensure, expect, text};
use crate::state::{BufferFiles, BufferNames, FRAME_HEADER_BYTES, Field, Rings, Writers};
use harmony_bdd::{DataTable, then, when};

/// Size of the scenario's ring in bytes.
pub(super) const RING_BYTES: usize = 10240;

/// Positions used if the table is not sent to this process.
const POSITIONS: [(u64, u64); 5] = [(5000, 2000), (2000, 5000), (5000, 5000), (0, 0), (5000, 0)];

/// The results.
#[derive(Debug, Default)]
pub(super) struct Trials(Vec<Trial>);

#[derive(Debug)]
struct Trial {
    write: u64,
    read: u64,
    expected: u64,
    found: u64,
}

#[when("the system tests continuous_free_bytes calculation with:")]
pub(super) fn try_positions(
    names: &BufferNames,
    writers: &Writers,
    trials: &mut Trials,
    table: Option<&DataTable>,
) -> StepResult {
    let files = names.current_files()?;
    let capacity = files.get(Field::PayloadSize)?;
    let rows = match table {
        Some(table) => rows(table, capacity)?,
        None => POSITIONS.map(|(w, r)| (w, r, continuous(capacity, w, r))).to_vec(),
    };
    let before = files.control_block()?;
    for (write, read, expected) in rows {
        let found = largest_place(&*writers.rings(), &files, capacity, write, read);
        files.set_control_block(&before)?;
        trials.0.push(Trial { write, read, expected, found: found? });
    }
    Ok(())
}

#[then(expr = "the {string} process calculations should match specification")]
pub(super) fn calculations_match(trials: &Trials, _process: String) -> StepResult {
    ensure(!trials.0.is_empty(), || "no positions were tried".to_owned())?;
    for Trial { write, read, expected, found } in &trials.0 {
        expect(&format!("bytes in a row, writer at {write}, reader at {read}"), found, expected)?;
    }
    Ok(())
}

/// Returns the rows of the table: write position, read position, expected bytes.
fn rows(table: &DataTable, capacity: u64) -> Result<Vec<(u64, u64, u64)>, String> {
    let (head, rows) = table.rows.split_first().ok_or("the table is empty")?;
    let column = |name: &str| {
        head.iter()
            .position(|cell| cell == name)
            .ok_or_else(|| format!("the table has no column '{name}'"))
    };
    let (write, read) = (column("write_pos")?, column("read_pos")?);
    let expected = column("expected_result")?;
    let number = |cell: &str| cell.parse::<u64>().map_err(|e| format!("{cell:?}: {e}"));
    rows.iter()
        .map(|row| {
            let (write, read) = (number(&row[write])?, number(&row[read])?);
            let expected = match row[expected].as_str() {
                "calculated" => continuous(capacity, write, read),
                cell => number(cell)?,
            };
            Ok((write, read, expected))
        })
        .collect()
}

/// Returns the space by the protocol: up to the end or up to the reader, or that at the start.
fn continuous(capacity: u64, write: u64, read: u64) -> u64 {
    if write < read {
        read - write
    } else if read == 0 {
        capacity - write
    } else {
        read.max(capacity - write)
    }
}

/// Returns the largest frame, including its header, that fits a ring with these positions.
fn largest_place(
    rings: &dyn Rings,
    files: &BufferFiles,
    capacity: u64,
    write: u64,
    read: u64,
) -> Result<u64, String> {
    let free = if write < read { read - write } else { capacity - (write - read) };
    files.set(Field::WritePosition, write)?;
    files.set(Field::ReadPosition, read)?;
    files.set(Field::FreeBytes, free)?;
    let mut writer = rings.open(files.name(), Duration::ZERO).map_err(text)?;
    writer.set_write_timeout(Duration::ZERO);
    let placed = |&total: &u64| writer.prepare((total - FRAME_HEADER_BYTES) as usize).is_ok();
    (FRAME_HEADER_BYTES + 1..=capacity)
        .rev()
        .find(placed)
        .ok_or_else(|| "no frame can be placed".to_owned())
}
