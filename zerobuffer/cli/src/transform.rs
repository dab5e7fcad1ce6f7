//! Transforms that a relay applies to the bytes of a frame.

/// Kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum TransformKind {
    /// Leave the bytes as they are.
    None,
    /// Last byte first.
    Reverse,
    /// Combine each byte with the key by exclusive or.
    Xor,
}

impl TransformKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reverse => "reverse",
            Self::Xor => "xor",
        }
    }

    /// Writes the changed `from` to `to`, which is as long.
    pub(crate) fn apply(self, key: u8, from: &[u8], to: &mut [u8]) {
        match self {
            Self::None => to.copy_from_slice(from),
            Self::Reverse => {
                for (to, from) in to.iter_mut().zip(from.iter().rev()) {
                    *to = *from;
                }
            }
            Self::Xor => {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = from ^ key;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transform_does_what_its_name_means() {
        let apply = |kind: TransformKind, key| {
            let mut to = [9; 3];
            kind.apply(key, &[1, 2, 0x80], &mut to);
            to
        };
        assert_eq!(apply(TransformKind::None, 255), [1, 2, 0x80]);
        assert_eq!(apply(TransformKind::Reverse, 255), [0x80, 2, 1]);
        assert_eq!(apply(TransformKind::Xor, 255), [0xfe, 0xfd, 0x7f]);
        assert_eq!(apply(TransformKind::Xor, 1), [0, 3, 0x81]);
    }
}
