//! Sizes and offsets of one buffer: rounding, the total, where metadata and payload begin.
//!
//! Plain checked arithmetic; positions inside the ring are the business of `ring_math`.

/// Bytes of the control block, and the offset of the metadata block.
pub(crate) const CONTROL_BLOCK_BYTES: u64 = 128;

/// Both blocks are rounded up to this many bytes.
pub(crate) const BLOCK_ALIGNMENT: u64 = 64;

/// Bytes of the length prefix in the metadata block.
pub(crate) const METADATA_PREFIX_BYTES: u64 = 8;

/// Sizes of one buffer as they are stored, taken once and never read again from shared memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    metadata_size: u64,
    payload_size: u64,
    total_size: usize,
}

impl Layout {
    /// Rounds requested sizes up; `None` if the total does not fit a file or the address space.
    pub(crate) fn rounded(metadata: u64, payload: u64) -> Option<Self> {
        Self::stored(
            metadata.checked_next_multiple_of(BLOCK_ALIGNMENT)?,
            payload.checked_next_multiple_of(BLOCK_ALIGNMENT)?,
        )
    }

    /// Takes sizes as found in a control block; `None` if the total does not fit a file or the
    /// address space.
    pub(crate) fn stored(metadata_size: u64, payload_size: u64) -> Option<Self> {
        let total = CONTROL_BLOCK_BYTES.checked_add(metadata_size)?.checked_add(payload_size)?;
        i64::try_from(total).ok()?;
        Some(Self { metadata_size, payload_size, total_size: usize::try_from(total).ok()? })
    }

    pub(crate) fn metadata_size(self) -> u64 {
        self.metadata_size
    }

    #[inline]
    pub(crate) fn payload_size(self) -> u64 {
        self.payload_size
    }

    #[inline]
    pub(crate) fn total_size(self) -> usize {
        self.total_size
    }

    /// Offset of the ring from the start of the object.
    #[inline]
    pub(crate) fn payload_offset(self) -> u64 {
        CONTROL_BLOCK_BYTES + self.metadata_size
    }

    /// Longest metadata in bytes, `None` if not even the length prefix fits.
    pub(crate) fn max_metadata_len(self) -> Option<u64> {
        self.metadata_size.checked_sub(METADATA_PREFIX_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_up_as_every_peer_rounds_them() {
        for (metadata, payload, stored) in [
            (1000, 10000, (1024, 10048, 11200)),
            (1, 1, (64, 64, 256)),
            (64, 64, (64, 64, 256)),
            (0, 0, (0, 0, 128)),
            (0, 128, (0, 128, 256)),
            (100, 0, (128, 0, 256)),
            (1024, 10240, (1024, 10240, 11392)),
        ] {
            let layout = Layout::rounded(metadata, payload).unwrap();
            assert_eq!(
                (layout.metadata_size(), layout.payload_size(), layout.total_size()),
                stored,
                "requested {metadata} and {payload}"
            );
        }
    }

    #[test]
    fn sizes_that_overflow_have_no_layout() {
        let half = 1 << 63;
        for (metadata, payload) in [
            (1024, u64::MAX),
            (u64::MAX, 1024),
            (half, half + 4096),
            (half, half),
            (0, i64::MAX as u64),
            (i64::MAX as u64 - 63, 64),
        ] {
            assert_eq!(Layout::rounded(metadata, payload), None, "{metadata} and {payload}");
        }
    }

    #[test]
    fn metadata_needs_room_for_its_prefix() {
        assert_eq!(Layout::rounded(1024, 64).unwrap().max_metadata_len(), Some(1016));
        assert_eq!(Layout::rounded(0, 64).unwrap().max_metadata_len(), None);
    }
}
