//! 12.1 and 12.2: contents of control block and ring after each operation.

use std::fs;

use harmony_bdd::{DataTable, given, then, when};

use super::expectation::{
    StepResult, ensure, expect, expect_bytes, expect_pattern, expected_within, text,
};
use crate::state::{
    BufferFiles, CONTROL_BLOCK_BYTES, Environment, FRAME_HEADER_BYTES, Field, Header, Readers,
    Writers, pattern,
};

/// Default number of operations and their frame length. With their headers the frames take
/// multiples of 64 bytes, so that positions stay aligned.
const SIZES: [usize; 5] = [48, 112, 1008, 240, 48];

/// Frame lengths that break every alignment.
const ODD_SIZES: [usize; 8] = [1, 2, 3, 7, 13, 64, 129, 1001];

/// Alignment of the blocks of a buffer in bytes.
const ALIGNMENT: u64 = 64;

/// The control block before and after each operation.
#[derive(Debug, Default)]
struct Operations {
    writes: Vec<Operation>,
    reads: Vec<Operation>,
}

#[derive(Debug, Clone, Copy)]
struct Operation {
    /// Length of the frame in bytes, including its header.
    total: u64,
    before: Control,
    after: Control,
}

#[derive(Debug, Clone, Copy)]
struct Control {
    metadata_size: u64,
    payload_size: u64,
    free: u64,
    write_position: u64,
    read_position: u64,
    written: u64,
    read: u64,
}

impl Control {
    fn of(files: &BufferFiles) -> Result<Self, String> {
        Ok(Self {
            metadata_size: files.get(Field::MetadataSize)?,
            payload_size: files.get(Field::PayloadSize)?,
            free: files.get(Field::FreeBytes)?,
            write_position: files.get(Field::WritePosition)?,
            read_position: files.get(Field::ReadPosition)?,
            written: files.get(Field::WrittenCount)?,
            read: files.get(Field::ReadCount)?,
        })
    }

    fn sizes_and_positions(&self) -> [u64; 5] {
        [self.metadata_size, self.payload_size, self.free, self.write_position, self.read_position]
    }
}

impl Operation {
    /// Checks that `field` has changed according to `condition`.
    fn check(&self, field: &str, condition: &str) -> StepResult {
        let Self { total, before, after } = self;
        match (field, condition) {
            ("payload_written_count", "increments by 1") => {
                expect(field, after.written, before.written + 1)
            }
            ("payload_read_count", "increments by 1") => expect(field, after.read, before.read + 1),
            ("payload_free_bytes", "decreases by frame size") => {
                expect(field, after.free, before.free - total)
            }
            ("payload_free_bytes", "increases by frame size") => {
                expect(field, after.free, before.free + total)
            }
            ("payload_write_pos", "advances correctly") => {
                let end = before.write_position + total;
                expect(field, after.write_position, end % before.payload_size)
            }
            ("payload_read_pos", "advances correctly") => {
                expect(field, after.read_position, before.read_position + total)
            }
            ("all values", "are 64-byte aligned") => {
                let aligned = after.sizes_and_positions().iter().all(|v| v % ALIGNMENT == 0);
                ensure(aligned, || format!("not all are multiples of {ALIGNMENT}: {after:?}"))
            }
            _ => Err(format!("unknown condition: {field} {condition}")),
        }
    }
}

#[given("we are in DEBUG mode for protocol compliance tests")]
fn debug_mode(environment: &Environment) -> StepResult {
    // These scenarios only inspect state that is visible from outside in every build.
    ensure(environment.is_initialized(), || "this process is not initialized".to_owned())?;
    let maps = fs::metadata("/proc/self/maps").map_err(|e| format!("/proc/self/maps: {e}"))?;
    ensure(maps.is_file(), || "the mappings of this process cannot be read".to_owned())
}

#[when("performs multiple write operations")]
fn write_several(writers: &mut Writers, operations: &mut Operations) -> StepResult {
    for size in SIZES {
        let writer = writers.current()?;
        let before = Control::of(writer.files())?;
        let data = pattern::frame(size, writer.next_sequence());
        writer.write(&data).map_err(text)?;
        let after = Control::of(writer.files())?;
        let total = FRAME_HEADER_BYTES + size as u64;
        operations.writes.push(Operation { total, before, after });
    }
    Ok(())
}

#[then(expr = "the {string} process should verify after each write:")]
fn verify_writes(
    operations: &Operations,
    _process: String,
    table: Option<&DataTable>,
) -> StepResult {
    const CONDITIONS: [(&str, &str); 4] = [
        ("payload_written_count", "increments by 1"),
        ("payload_free_bytes", "decreases by frame size"),
        ("payload_write_pos", "advances correctly"),
        ("all values", "are 64-byte aligned"),
    ];
    verify(&operations.writes, table, &CONDITIONS)
}

#[when(expr = "the {string} process performs multiple read operations")]
fn read_several(
    readers: &mut Readers,
    operations: &mut Operations,
    _process: String,
) -> StepResult {
    for _ in SIZES {
        let reader = readers.current()?;
        let before = Control::of(reader.files())?;
        let frame = reader.receive(expected_within())?;
        expect_pattern(reader.held()?)?;
        reader.release()?;
        let after = Control::of(reader.files())?;
        let total = FRAME_HEADER_BYTES + frame.len as u64;
        operations.reads.push(Operation { total, before, after });
    }
    Ok(())
}

#[then(expr = "the {string} process should verify after each read:")]
fn verify_reads(
    operations: &Operations,
    _process: String,
    table: Option<&DataTable>,
) -> StepResult {
    const CONDITIONS: [(&str, &str); 3] = [
        ("payload_read_count", "increments by 1"),
        ("payload_free_bytes", "increases by frame size"),
        ("payload_read_pos", "advances correctly"),
    ];
    verify(&operations.reads, table, &CONDITIONS)
}

#[then(expr = "the {string} process should verify OIEB starts at 64-byte aligned address")]
fn control_block_aligned(readers: &mut Readers, _process: String) -> StepResult {
    let path = readers.current()?.files().memory();
    let maps = fs::read_to_string("/proc/self/maps").map_err(|e| format!("mappings: {e}"))?;
    // `<start>-<end> <permissions> <offset> <device> <inode> <path>`
    let mut found = false;
    for line in maps.lines().filter(|line| line.ends_with(&*path.to_string_lossy())) {
        let start = line.split('-').next().unwrap_or_default();
        let start = u64::from_str_radix(start, 16).map_err(|e| format!("{line:?}: {e}"))?;
        let offset = line.split_ascii_whitespace().nth(2).unwrap_or_default();
        let offset = u64::from_str_radix(offset, 16).map_err(|e| format!("{line:?}: {e}"))?;
        expect("address of the object modulo 64", (start - offset) % ALIGNMENT, 0)?;
        found = true;
    }
    ensure(found, || format!("{} is not mapped", path.display()))
}

#[then("should verify metadata block starts at 64-byte aligned offset")]
fn metadata_aligned(readers: &mut Readers) -> StepResult {
    let size = readers.current()?.files().get(Field::ControlBlockSize)?;
    expect("offset of the metadata", size, CONTROL_BLOCK_BYTES)?;
    expect("offset of the metadata modulo 64", size % ALIGNMENT, 0)
}

#[then("should verify payload block starts at 64-byte aligned offset")]
fn payload_aligned(readers: &mut Readers) -> StepResult {
    let start = readers.current()?.files().payload_start()?;
    expect("offset of the ring modulo 64", start % ALIGNMENT, 0)
}

#[when("writes various sized frames")]
fn write_odd(writers: &mut Writers) -> StepResult {
    let writer = writers.current()?;
    for size in ODD_SIZES {
        let data = pattern::frame(size, writer.next_sequence());
        writer.write(&data).map_err(text)?;
    }
    Ok(())
}

#[then(expr = "the {string} process should verify all data access respects alignment")]
fn frames_follow_each_other(writers: &mut Writers, _process: String) -> StepResult {
    // There is no padding between frames: each header follows the previous frame directly.
    let files = writers.current()?.files();
    let mut position = 0;
    for (sequence, size) in (1..).zip(ODD_SIZES) {
        let expected = Header { size: size as u64, sequence };
        expect("header", files.header(position)?, expected)?;
        expect_bytes("the frame", &files.data(position)?, &pattern::frame(size, sequence))?;
        position += FRAME_HEADER_BYTES + size as u64;
    }
    expect("write position", files.get(Field::WritePosition)?, position)?;
    let start = files.payload_start()?;
    expect("offset of the ring modulo 64", start % ALIGNMENT, 0)
}

/// Checks the conditions of the table, or else `usual`, after each operation.
fn verify(
    operations: &[Operation],
    table: Option<&DataTable>,
    usual: &[(&str, &str)],
) -> StepResult {
    ensure(!operations.is_empty(), || "there was no operation".to_owned())?;
    let conditions: Vec<(&str, &str)> = match table {
        None => usual.to_vec(),
        Some(table) => {
            let rows = table.rows.iter().skip(1);
            rows.map(|row| match &row[..] {
                [field, condition] => Ok((field.as_str(), condition.as_str())),
                _ => Err("a row has field and condition".to_owned()),
            })
            .collect::<Result<_, _>>()?
        }
    };
    for (number, operation) in operations.iter().enumerate() {
        for (field, condition) in &conditions {
            operation
                .check(field, condition)
                .map_err(|error| format!("operation {}: {error}", number + 1))?;
        }
    }
    Ok(())
}
