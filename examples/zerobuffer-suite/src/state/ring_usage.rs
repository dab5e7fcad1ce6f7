//! How full a ring is, and filling it to a point.

use super::{FRAME_HEADER_BYTES, OpenWriter, pattern};

/// Length of the frames that fill a ring, in bytes.
const FILLER: u64 = 1024;

/// Writes frames until exactly `percent` of the ring are taken, headers included.
///
/// # Errors
/// When that many are taken already, when it cannot be met exactly, or whatever the ring says.
pub fn fill_to(writer: &mut OpenWriter, percent: u64) -> Result<(), String> {
    let target = writer.capacity() * percent / 100;
    loop {
        let control = writer.end().state().control;
        let used = control.payload_size - control.payload_free_bytes;
        let left = target
            .checked_sub(used)
            .ok_or_else(|| format!("{used} bytes are taken, more than {target}"))?;
        if left == 0 {
            return Ok(());
        }
        let most = left
            .checked_sub(FRAME_HEADER_BYTES)
            .filter(|&most| most > 0)
            .ok_or_else(|| format!("no frame fills the last {left} bytes"))?;
        let rest = most.saturating_sub(FILLER);
        // What remains must take one more frame.
        let size = match rest {
            0 => most,
            1..=FRAME_HEADER_BYTES => most - 2 * FRAME_HEADER_BYTES,
            _ => FILLER,
        };
        let data = pattern::frame(size as usize, writer.next_sequence());
        writer.write(&data).map_err(|e| e.to_string())?;
    }
}
