//! Content of frames that its receiver can check.

/// Rule for the bytes of frame `k`, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Pattern {
    /// Byte `i` is `(k + i) mod 256`, as in all other programs.
    Sequential,
    /// SplitMix64 seeded with `k`, eight bytes of a number at a time, lowest first. Other programs
    /// use different random generators.
    Random,
    /// 0.
    Zero,
    /// 255.
    Ones,
}

impl Pattern {
    /// Writes frame `frame`.
    pub(crate) fn fill(self, frame: u64, data: &mut [u8]) {
        match self {
            Self::Sequential => {
                for (byte, value) in data.iter_mut().zip(sequence(frame)) {
                    *byte = value;
                }
            }
            Self::Random => {
                for (bytes, number) in data.chunks_mut(8).zip(numbers(frame)) {
                    bytes.copy_from_slice(&number.to_le_bytes()[..bytes.len()]);
                }
            }
            Self::Zero => data.fill(0),
            Self::Ones => data.fill(255),
        }
    }

    /// Returns whether `data` is frame `frame`.
    pub(crate) fn matches(self, frame: u64, data: &[u8]) -> bool {
        match self {
            Self::Sequential => {
                data.iter().zip(sequence(frame)).all(|(&byte, value)| byte == value)
            }
            Self::Random => {
                let mut chunks = data.chunks(8).zip(numbers(frame));
                chunks.all(|(bytes, number)| *bytes == number.to_le_bytes()[..bytes.len()])
            }
            Self::Zero => data.iter().all(|&byte| byte == 0),
            Self::Ones => data.iter().all(|&byte| byte == 255),
        }
    }
}

fn sequence(frame: u64) -> impl Iterator<Item = u8> {
    let first = frame as u8;
    (0..=u8::MAX).cycle().map(move |i| first.wrapping_add(i))
}

/// The numbers of SplitMix64.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Pattern; 4] = [Pattern::Sequential, Pattern::Random, Pattern::Zero, Pattern::Ones];

    #[test]
    fn pattern_detects_any_changed_byte() {
        for pattern in ALL {
            for len in [1, 7, 8, 9, 1000] {
                let mut data = vec![0x77; len];
                pattern.fill(300, &mut data);
                assert!(pattern.matches(300, &data), "{pattern:?}, {len} bytes");
                for at in [0, len / 2, len - 1] {
                    data[at] ^= 0x10;
                    assert!(!pattern.matches(300, &data), "{pattern:?}, {len} bytes, byte {at}");
                    data[at] ^= 0x10;
                }
            }
        }
    }

    #[test]
    fn sequential_starts_with_the_frame_number() {
        let mut data = [0; 4];
        Pattern::Sequential.fill(254, &mut data);
        assert_eq!(data, [254, 255, 0, 1]);
        Pattern::Sequential.fill(1 << 40 | 7, &mut data);
        assert_eq!(data, [7, 8, 9, 10]);
    }

    #[test]
    fn random_numbers_follow_splitmix64() {
        // First outputs for the seed 1234567, from the generator's reference.
        let expected = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        assert_eq!(numbers(1234567).take(3).collect::<Vec<_>>(), expected);
    }
}
