//! A writer that keeps control sequences of step output away from terminals, pipes and files.

use std::io::{self, Write};

use super::style::Style;
use crate::text::{ControlFilter, filter_control};

/// Filters control sequences, which the texts of steps and scenarios may contain.
#[derive(Debug)]
pub(super) struct OutputFilter<W> {
    out: W,
    filter: ControlFilter,
    /// The last line, if it is not complete.
    pending: Vec<u8>,
}

impl<W: Write> OutputFilter<W> {
    /// Creates a filter that keeps colors if `style` has colors.
    pub(super) fn new(out: W, style: Style) -> Self {
        Self { out, filter: style.control_filter(), pending: Vec::new() }
    }

    /// Returns the writer behind the filter.
    pub(super) fn unfiltered(&mut self) -> &mut W {
        &mut self.out
    }

    fn write_pending(&mut self, length: usize) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.pending[..length]);
        let result = self.out.write_all(filter_control(&text, self.filter).as_bytes());
        self.pending.drain(..length);
        result
    }
}

impl<W: Write> Write for OutputFilter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if let Some(end) = self.pending.iter().rposition(|byte| *byte == b'\n') {
            self.write_pending(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_pending(self.pending.len())?;
        self.out.flush()
    }
}
