//! 07.3 and 07.4: an announced frame is completely visible to the reader.

use harmony_bdd::{then, when};

use super::expectation::{StepResult, ensure, expect, expected_within, text};
use crate::state::{
    FRAME_HEADER_BYTES, Field, Header, OpenReader, Readers, Semaphore, Writers, pattern,
};

/// Default number of structures.
const STRUCTURES: u64 = 64;

/// The structures read.
#[derive(Debug, Default)]
struct Structures(Vec<Structure>);

/// Fields of several sizes, followed by their checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Structure {
    number: u64,
    flags: u32,
    kind: u16,
    ratio: u64,
    name: [u8; 37],
    sum: u64,
}

impl Structure {
    const BYTES: usize = 8 + 4 + 2 + 8 + 37 + 8;

    fn new(number: u64) -> Self {
        let mut structure = Self {
            number,
            flags: (number as u32).wrapping_mul(0x9e37_79b9),
            kind: (number % 7) as u16,
            ratio: (1.0 / (number as f64 + 1.0)).to_bits(),
            name: std::array::from_fn(|i| (number as usize * 31 + i) as u8),
            sum: 0,
        };
        structure.sum = structure.checksum();
        structure
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.fields();
        bytes.extend(self.sum.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        expect("bytes of a structure", bytes.len(), Self::BYTES)?;
        let mut rest = bytes;
        Ok(Self {
            number: u64::from_le_bytes(take(&mut rest)?),
            flags: u32::from_le_bytes(take(&mut rest)?),
            kind: u16::from_le_bytes(take(&mut rest)?),
            ratio: u64::from_le_bytes(take(&mut rest)?),
            name: take(&mut rest)?,
            sum: u64::from_le_bytes(take(&mut rest)?),
        })
    }

    /// The fields without the checksum.
    fn fields(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend(self.number.to_le_bytes());
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.kind.to_le_bytes());
        bytes.extend(self.ratio.to_le_bytes());
        bytes.extend(self.name);
        bytes
    }

    /// Returns the FNV-1a hash of the fields.
    fn checksum(&self) -> u64 {
        self.fields().iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], String> {
    let (head, tail) = rest.split_first_chunk().ok_or("a structure is truncated")?;
    *rest = tail;
    Ok(*head)
}

#[when(expr = "the {string} process writes complex structure with multiple fields")]
fn write_structures(writers: &mut Writers, _process: String) -> StepResult {
    let writer = writers.current()?;
    for number in 1..=STRUCTURES {
        writer.write(&Structure::new(number).to_bytes()).map_err(text)?;
    }
    Ok(())
}

#[when("the system ensures memory barriers are in place")]
fn barriers_in_place(writers: &mut Writers) -> StepResult {
    // Checked from outside: every announced frame is complete, and nothing else is announced.
    let files = writers.current()?.files();
    let announced = u64::from(files.count(Semaphore::FramesReady)?);
    expect("frames counted", files.get(Field::WrittenCount)?, announced)?;
    let mut position = files.get(Field::ReadPosition)?;
    for sequence in 1..=announced {
        let Header { size, sequence: found } = files.header(position)?;
        expect("sequence in shared memory", found, sequence)?;
        let structure = Structure::from_bytes(&files.data(position)?)?;
        expect("structure in shared memory", structure, Structure::new(sequence))?;
        position += FRAME_HEADER_BYTES + size;
    }
    expect("write position", files.get(Field::WritePosition)?, position)
}

#[then(expr = "the {string} process should read structure after semaphore signal")]
fn read_structures(
    readers: &mut Readers,
    structures: &mut Structures,
    _process: String,
) -> StepResult {
    read_each(readers.current()?, |_, bytes| {
        structures.0.push(Structure::from_bytes(bytes)?);
        Ok(())
    })
}

#[then("all fields should be fully visible")]
fn all_fields_visible(structures: &Structures) -> StepResult {
    expect("structures read", structures.0.len() as u64, STRUCTURES)?;
    for (structure, number) in structures.0.iter().zip(1..) {
        expect("structure", structure, &Structure::new(number))?;
    }
    Ok(())
}

#[then("no partially visible writes should occur")]
fn nothing_partial(structures: &Structures) -> StepResult {
    ensure(!structures.0.is_empty(), || "no structure was read".to_owned())?;
    for structure in &structures.0 {
        expect("sum over the fields", structure.checksum(), structure.sum)?;
    }
    Ok(())
}

#[when(expr = "the {string} process writes frame with size '{int}' using incrementing pattern")]
fn write_incrementing(writers: &mut Writers, _process: String, size: usize) -> StepResult {
    let writer = writers.current()?;
    writer.write(&pattern::simple(size)).map(drop).map_err(|error| writer.explain(&error))
}

#[then(expr = "the {string} process should validate each byte matches expected pattern")]
fn every_byte_matches(readers: &mut Readers, _process: String) -> StepResult {
    read_each(readers.current()?, |sequence, bytes| {
        pattern::check_simple(bytes).map_err(|e| format!("frame {sequence}: {e}"))
    })
}

#[then("no data corruption should be detected")]
fn no_corruption_detected(readers: &mut Readers) -> StepResult {
    let reader = readers.current()?;
    ensure(!reader.received().is_empty(), || "no frame was read".to_owned())?;
    expect("errors", reader.errors().len(), 0)?;
    let bytes: usize = reader.received().iter().map(|frame| frame.len).sum();
    expect("bytes read", reader.end().stats().bytes_read, bytes as u64)
}

/// Passes number and bytes of the next frame and all other announced frames to `check`.
fn read_each(
    reader: &mut OpenReader,
    mut look: impl FnMut(u64, &[u8]) -> StepResult,
) -> StepResult {
    loop {
        let frame = reader.receive(expected_within())?;
        look(frame.sequence, reader.held()?.1)?;
        reader.release()?;
        if reader.end().state().frames_ready == 0 {
            return Ok(());
        }
    }
}
