//! Copying into the ring without the C library's slow case.
//!
//! From about 2 KiB to 512 KiB the C library copies with `rep movsb`, which on some processors runs
//! at a twentieth of its speed when the target lies a few bytes behind the source modulo 4 KiB. A
//! page-aligned source and a 16-byte frame header make just that. A plain loop has no such case.

use std::ops::RangeInclusive;

/// Lengths in bytes for which the plain loop is used.
const PLAIN: RangeInclusive<usize> = 2 << 10..=512 << 10;

/// Copies `source` to `target`.
///
/// # Panics
/// If their lengths differ.
#[inline]
pub(crate) fn copy(target: &mut [u8], source: &[u8]) {
    assert_eq!(target.len(), source.len(), "a copy has one length");
    if !PLAIN.contains(&source.len()) {
        return target.copy_from_slice(source);
    }
    let (target_blocks, target_rest) = target.as_chunks_mut();
    let (source_blocks, source_rest) = source.as_chunks();
    copy_blocks(target_blocks, source_blocks);
    target_rest.copy_from_slice(source_rest);
}

/// What one turn of the loop copies.
const BLOCK_BYTES: usize = 128;

type Block = [u8; BLOCK_BYTES];

#[cfg(target_arch = "x86_64")]
fn copy_blocks(target: &mut [Block], source: &[Block]) {
    let blocks = target.len().min(source.len());
    if blocks == 0 {
        return;
    }
    // SAFETY: the loop reads and writes `blocks` blocks from the start of two slices that have at
    // least so many; unaligned moves of SSE2, which every x86-64 has, need no alignment.
    unsafe {
        // Assembly because the compiler makes a call of the C library's copy out of a plain loop.
        std::arch::asm!(
            "2:",
            "movups {a}, [{source}]",
            "movups {b}, [{source} + 16]",
            "movups {c}, [{source} + 32]",
            "movups {d}, [{source} + 48]",
            "movups [{target}], {a}",
            "movups [{target} + 16], {b}",
            "movups [{target} + 32], {c}",
            "movups [{target} + 48], {d}",
            "movups {a}, [{source} + 64]",
            "movups {b}, [{source} + 80]",
            "movups {c}, [{source} + 96]",
            "movups {d}, [{source} + 112]",
            "movups [{target} + 64], {a}",
            "movups [{target} + 80], {b}",
            "movups [{target} + 96], {c}",
            "movups [{target} + 112], {d}",
            "add {source}, 128",
            "add {target}, 128",
            "dec {blocks}",
            "jnz 2b",
            source = inout(reg) source.as_ptr() => _,
            target = inout(reg) target.as_mut_ptr() => _,
            blocks = inout(reg) blocks => _,
            a = out(xmm_reg) _,
            b = out(xmm_reg) _,
            c = out(xmm_reg) _,
            d = out(xmm_reg) _,
            options(nostack),
        );
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn copy_blocks(target: &mut [Block], source: &[Block]) {
    target.copy_from_slice(source);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_offset_is_copied_and_nothing_beside_it() {
        let most = 5000;
        let source: Vec<u8> = (0..most + 64).map(|i| (i * 7 + (i >> 8) * 13) as u8).collect();
        let edges = [*PLAIN.start() - 1, *PLAIN.start(), *PLAIN.start() + 1, 4096, most];
        let around = (0..300).chain(2040..2200);
        for len in around.chain(edges) {
            for (from, to) in [(0, 0), (0, 16), (1, 0), (3, 17), (33, 5)] {
                let mut target = vec![0xEE; len + 64];
                copy(&mut target[to..to + len], &source[from..from + len]);
                assert_eq!(target[to..to + len], source[from..from + len], "{len} {from} {to}");
                assert!(target[..to].iter().chain(&target[to + len..]).all(|&b| b == 0xEE));
            }
        }
        let long = vec![0x5A; *PLAIN.end() + 1];
        for len in [*PLAIN.end() - 1, *PLAIN.end(), *PLAIN.end() + 1] {
            let mut target = vec![0; len];
            copy(&mut target, &long[..len]);
            assert!(target.iter().all(|&byte| byte == 0x5A));
        }
    }
}
