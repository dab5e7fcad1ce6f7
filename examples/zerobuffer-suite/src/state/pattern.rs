//! Test patterns for frames and metadata. Every implementation of the ring uses the same formulas,
//! so that one can check frames written by another.

use std::fmt;

/// Fills `bytes` so that byte `i` is `(i + sequence) mod 256`.
pub fn fill_frame(bytes: &mut [u8], sequence: u64) {
    // Addition mod 256 needs only the low byte.
    let start = (sequence % 256) as u8;
    let mut value = start;
    for byte in bytes {
        *byte = value;
        value = value.wrapping_add(1);
    }
}

/// Returns a frame of `size` bytes whose byte `i` is `(i + sequence) mod 256`.
pub fn frame(size: usize, sequence: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fill_frame(&mut bytes, sequence);
    bytes
}

/// Returns `size` bytes whose byte `i` is `i mod 256`: for frames without a given sequence, and
/// metadata.
pub fn simple(size: usize) -> Vec<u8> {
    frame(size, 0)
}

/// Returns data with the pattern that scenarios call `name`.
///
/// # Errors
/// Returns an error if there is no pattern of that name.
pub fn named(name: &str, size: usize, sequence: u64) -> Result<Vec<u8>, String> {
    match name {
        "incremental" => Ok(simple(size)),
        "sequential" => Ok(frame(size, sequence)),
        _ => Err(format!("there is no pattern '{name}'")),
    }
}

/// Checks that byte `i` is `(i + sequence) mod 256`.
///
/// # Errors
/// Returns a [`Mismatch`] with the first byte that differs.
pub fn check_frame(bytes: &[u8], sequence: u64) -> Result<(), Mismatch> {
    let mut expected = (sequence % 256) as u8;
    for (index, &found) in bytes.iter().enumerate() {
        if found != expected {
            return Err(Mismatch { index, expected, found, len: bytes.len() });
        }
        expected = expected.wrapping_add(1);
    }
    Ok(())
}

/// Checks that byte `i` is `i mod 256`.
///
/// # Errors
/// Returns a [`Mismatch`] with the first byte that differs.
pub fn check_simple(bytes: &[u8]) -> Result<(), Mismatch> {
    check_frame(bytes, 0)
}

/// The first byte that differs from the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    index: usize,
    expected: u8,
    found: u8,
    len: usize,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte {} of {} is {:#04x}, expected {:#04x}",
            self.index, self.len, self.found, self.expected
        )
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_follow_their_formulas() {
        assert_eq!(frame(4, 254), [254, 255, 0, 1]);
        assert_eq!(frame(2, 0x1_02), [2, 3]);
        assert_eq!(simple(258)[254..], [254, 255, 0, 1]);
    }

    #[test]
    fn wrong_byte_is_named() {
        let mut bytes = frame(100, 7);
        assert_eq!(check_frame(&bytes, 7), Ok(()));
        bytes[42] ^= 1;
        let mismatch = check_frame(&bytes, 7).unwrap_err();
        assert_eq!(mismatch.to_string(), "byte 42 of 100 is 0x30, expected 0x31");
    }
}
