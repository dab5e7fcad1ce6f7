//! Copying into the ring by the C library, around its two slow cases.
//!
//! On processors by AMD the C library is fastest between cores up to the size from which it bypasses the
//! cache (near the size of a cache, four times slower from there), so long frames are copied in
//! pieces. It is slow there when the target lies 1 to 63 bytes behind the source modulo 4 KiB, as a
//! frame header of 16 bytes makes it with a page-aligned source; then each piece goes by way of a small
//! buffer, for which neither copy is slow. Elsewhere both would cost time. `benches/copy` compares this
//! with other ways to copy.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;

/// Shorter than any size from which a C library bypasses the cache.
const PIECE: usize = 64 << 10;

/// Pieces that go by way of the buffer, which has to stay in the nearest cache.
const BUFFERED_PIECE: usize = 32 << 10;

/// Shorter copies do not reach the slow case.
const SHORT: usize = 2 << 10;

const PAGE: usize = 4 << 10;

const LINE: usize = 64;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Copies `source` to `target`.
///
/// # Panics
/// If their lengths differ.
#[inline]
pub(crate) fn copy(target: &mut [u8], source: &[u8]) {
    assert_eq!(target.len(), source.len(), "a copy has one length");
    if source.len() < SHORT {
        target.copy_from_slice(source);
    } else {
        copy_long(target, source, has_slow_cases());
    }
}

/// Copies, around the slow cases if there are some.
fn copy_long(target: &mut [u8], source: &[u8], has_slow_cases: bool) {
    if !has_slow_cases {
        return target.copy_from_slice(source);
    }
    let behind = target.as_ptr().addr().wrapping_sub(source.as_ptr().addr()) % PAGE;
    if (1..LINE).contains(&behind) && copy_buffered(target, source).is_some() {
        return;
    }
    for (target, source) in target.chunks_mut(PIECE).zip(source.chunks(PIECE)) {
        target.copy_from_slice(source);
    }
}

/// Returns whether the C library has its slow cases here: on two generations of AMD EPYC it is up to
/// four times slower in them; on an Intel Xeon of 2023 it is not, and pieces cost a quarter from 1 MiB on.
fn has_slow_cases() -> bool {
    static SLOW: OnceLock<bool> = OnceLock::new();
    *SLOW.get_or_init(|| {
        let mut start = [0; 256];
        let read = File::open("/proc/cpuinfo").and_then(|mut info| info.read(&mut start));
        is_slow_vendor(&start[..read.unwrap_or(0)])
    })
}

/// Evaluates the start of /proc/cpuinfo, which names the vendor of the first processor.
fn is_slow_vendor(cpu_info: &[u8]) -> bool {
    let vendor = cpu_info.split(|&byte| byte == b'\n').find(|line| line.starts_with(b"vendor_id"));
    vendor.is_some_and(|line| line.ends_with(b"AuthenticAMD"))
}

/// Copies by way of a buffer; `None` if this thread has none, because it is ending.
fn copy_buffered(target: &mut [u8], source: &[u8]) -> Option<()> {
    let copy = |buffer: &RefCell<Vec<u8>>| {
        let mut buffer = buffer.borrow_mut();
        buffer.resize(BUFFERED_PIECE + PAGE, 0);
        // Half a page away from the source, and so from the target.
        let wanted = source.as_ptr().addr().wrapping_add(PAGE / 2);
        let start = wanted.wrapping_sub(buffer.as_ptr().addr()) % PAGE;
        let pieces = target.chunks_mut(BUFFERED_PIECE).zip(source.chunks(BUFFERED_PIECE));
        for (target, source) in pieces {
            let between = &mut buffer[start..start + source.len()];
            between.copy_from_slice(source);
            target.copy_from_slice(between);
        }
    };
    BUFFER.try_with(copy).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_every_length_and_offset_exactly() {
        let most = 2 * PIECE + 100;
        let source: Vec<u8> = (0..most + 64).map(|i| (i * 7 + (i >> 8) * 13) as u8).collect();
        let edges = [SHORT, PIECE, BUFFERED_PIECE, 2 * BUFFERED_PIECE, 2 * PIECE, PAGE, 5000]
            .into_iter()
            .flat_map(|edge| [edge - 1, edge, edge + 1]);
        for len in (0..300).chain(2040..2060).chain(edges).chain([most]) {
            for (from, to) in [(0, 0), (0, 16), (1, 0), (3, 17), (33, 5)] {
                let mut target = vec![0xEE; len + 64];
                copy(&mut target[to..to + len], &source[from..from + len]);
                assert!(target[to..to + len] == source[from..from + len], "{len} {from} {to}");
                assert!(target[..to].iter().chain(&target[to + len..]).all(|&b| b == 0xEE));
            }
        }
    }

    #[test]
    fn target_just_behind_the_source_is_copied_by_way_of_a_buffer() {
        // One allocation, so that the distance of its two halves is known.
        let len = 2 * PAGE;
        for behind in [1, 16, 63, 64, PAGE - 1] {
            let mut bytes: Vec<u8> = (0..4 * PAGE + behind).map(|i| (i % 251) as u8).collect();
            let (source, rest) = bytes.split_at_mut(len);
            let target = &mut rest[behind..behind + len];
            BUFFER.with(|buffer| buffer.borrow_mut().clear());
            for slow in [false, true] {
                target.fill(0);
                copy_long(target, source, slow);
                assert!(target == source, "{behind}");
                let buffered = BUFFER.with(|buffer| !buffer.borrow().is_empty());
                assert_eq!(buffered, slow && (1..LINE).contains(&behind), "{behind}");
            }
        }
    }

    #[test]
    fn only_processors_by_amd_need_the_buffer() {
        let info =
            |vendor: &str| format!("processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: 6\n");
        assert!(is_slow_vendor(info("AuthenticAMD").as_bytes()));
        assert!(!is_slow_vendor(info("GenuineIntel").as_bytes()));
        assert!(!is_slow_vendor(b""));
    }
}
