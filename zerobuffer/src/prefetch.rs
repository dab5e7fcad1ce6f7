//! Hints that a cache line is needed soon, so that several lines travel at once instead of one after
//! another.
//!
//! A hint changes nothing, whatever its address. Processors without one, and other architectures, do
//! the same without it.

/// Bytes that travel between caches at once.
pub(crate) const LINE: usize = 64;

/// Asks for a line to be written: without this it would travel twice, first to be read.
#[inline]
pub(crate) fn for_write(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint reads and writes nothing and cannot fault. By instruction, since the intrinsic
    // function asks for a line to be read unless the build is for newer processors.
    unsafe {
        std::arch::asm!(
            "prefetchw [{}]",
            in(reg) address,
            options(nostack, preserves_flags, readonly)
        );
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Asks for a line to be read.
#[inline]
pub(crate) fn for_read(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint reads nothing and cannot fault.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
