//! 10.2: frame headers with one error each, each in its own ring.

use harmony_bdd::{DataTable, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, ensure, expect, expect_bytes, expected_within, text};
use crate::state::{BufferNames, Header, Readers, Writers};

/// Ring size of a trial in bytes.
const PAYLOAD: usize = 1024;

/// Frame length of a trial in bytes.
const DATA: &[u8] = b"a frame whose header will be tampered with";

/// Corruptions and expectations used if the table is not sent to this process.
const SCENARIOS: [(&str, &str); 3] = [
    ("payload_size > remaining", "reader handles gracefully"),
    ("sequence_number invalid", "reader detects error"),
    ("header magic corrupted", "reader rejects frame"),
];

#[when(expr = "the {string} process writes valid frame")]
pub(super) fn write_valid(writers: &mut Writers, _process: String) -> StepResult {
    let written = writers.current()?.write(DATA).map_err(text)?;
    expect("sequence", written, 1)
}

#[then("test multiple corruption scenarios:")]
pub(super) fn try_corruptions(
    names: &mut BufferNames,
    readers: &mut Readers,
    writers: &Writers,
    table: Option<&DataTable>,
) -> StepResult {
    let scenarios: Vec<(&str, &str)> = match table {
        None => SCENARIOS.to_vec(),
        Some(table) => {
            let rows = table.rows.iter().skip(1);
            rows.map(|row| match &row[..] {
                [corruption, expected, ..] => Ok((corruption.as_str(), expected.as_str())),
                _ => Err("a row has corruption and expectation".to_owned()),
            })
            .collect::<Result<_, _>>()?
        }
    };
    ensure(!scenarios.is_empty(), || "there is nothing to try".to_owned())?;
    // Across processes the reader is in another one, and the frame is seen in the ring.
    let ring = if readers.is_empty() { Some(names.current_files()?) } else { None };
    for (number, (corruption, expected)) in scenarios.into_iter().enumerate() {
        let base = format!("corruption-{number}");
        let ends = (readers.another(), writers.another());
        try_corruption(&base, names, ends, corruption, expected)
            .map_err(|error| format!("{corruption}: {error}"))?;
    }
    // The corruptions concern rings of this step only.
    match ring {
        None => {
            readers.current()?.receive(expected_within())?;
            expect_bytes("the valid frame", readers.current()?.held()?.1, DATA)
        }
        Some(files) => {
            let Header { size, sequence } = files.header(0)?;
            expect("size of the valid frame", size, DATA.len() as u64)?;
            expect("its sequence", sequence, 1)
        }
    }
}

/// Writes a frame into a new ring, corrupts it, reads it, repairs it and reads it again.
fn try_corruption(
    base: &str,
    names: &mut BufferNames,
    (mut readers, mut writers): (Readers, Writers),
    corruption: &str,
    expected: &str,
) -> StepResult {
    let config = BufferConfig::new(0, PAYLOAD).map_err(text)?;
    readers.create("", base, names, config).map_err(text)?;
    writers.connect("", base, names).map_err(text)?;
    writers.current()?.write(DATA).map_err(text)?;
    let reader = readers.current()?;
    let files = reader.files().clone();
    let sound = files.header(0)?;
    files.set_header(0, corrupted(sound, corruption)?)?;

    let error = match reader.attempt(expected_within()) {
        Err(error) => error,
        Ok(frame) => return Err(format!("the read returned {frame:?}")),
    };
    let as_expected = match expected {
        "reader handles gracefully" => matches!(error, Error::Corrupt { .. }),
        "reader detects error" => matches!(error, Error::Sequence { .. }),
        "reader rejects frame" => {
            matches!(error, Error::Corrupt { .. } | Error::Sequence { .. })
        }
        _ => return Err(format!("unknown expectation {expected:?}")),
    };
    ensure(as_expected, || format!("expected {expected}, the read failed with: {error}"))?;

    // The reader has not advanced: the repaired frame is the next one.
    files.set_header(0, sound)?;
    reader.receive(expected_within())?;
    expect_bytes("the frame after the repair", reader.held()?.1, DATA)
}

fn corrupted(sound: Header, corruption: &str) -> Result<Header, String> {
    let Header { size, sequence } = sound;
    Ok(match corruption {
        "payload_size > remaining" => Header { size: PAYLOAD as u64, sequence },
        "payload_size overflows" => Header { size: u64::MAX - 8, sequence },
        "payload_size zero" => Header { size: 0, sequence },
        "sequence_number invalid" => Header { size, sequence: sequence + 41 },
        "sequence_number zero" => Header { size, sequence: 0 },
        // The header has no magic number, so the whole header is overwritten.
        "header magic corrupted" => Header { size: !size, sequence: !sequence },
        "looks like a wrap marker" => Header { size: 0, sequence: 0 },
        _ => return Err("unknown corruption".to_owned()),
    })
}
