//! Fills a ring to a given percentage.

use super::{FRAME_HEADER_BYTES, OpenWriter, pattern};

/// Length of the fill frames in bytes.
const FILLER: u64 = 1024;

/// Writes frames until exactly `percent` of the ring are used, including headers.
///
/// # Errors
/// Returns an error if more is used already, or the value cannot be reached exactly, or the ring's
/// error.
pub fn fill_to(writer: &mut OpenWriter, percent: u64) -> Result<(), String> {
    let target = writer.capacity() * percent / 100;
    loop {
        let control = writer.end().state().control;
        let used = control.payload_size - control.payload_free_bytes;
        let left = target
            .checked_sub(used)
            .ok_or_else(|| format!("{used} bytes are used, more than {target}"))?;
        if left == 0 {
            return Ok(());
        }
        let most = left
            .checked_sub(FRAME_HEADER_BYTES)
            .filter(|&most| most > 0)
            .ok_or_else(|| format!("no frame fills the last {left} bytes"))?;
        let rest = most.saturating_sub(FILLER);
        // The remaining space must fit one more frame.
        let size = match rest {
            0 => most,
            1..=FRAME_HEADER_BYTES => most - 2 * FRAME_HEADER_BYTES,
            _ => FILLER,
        };
        let data = pattern::frame(size as usize, writer.next_sequence());
        writer.write(&data).map_err(|e| e.to_string())?;
    }
}
