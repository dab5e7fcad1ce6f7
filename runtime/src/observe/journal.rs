//! The journal of the process: lines that another process reads if this one dies.

use std::fs::File;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

static JOURNAL: OnceLock<File> = OnceLock::new();

/// Writes the journal to `file`, which must be opened to append.
pub(crate) fn start_journal(file: File) {
    // A process has one journal; the first one counts.
    let _ = JOURNAL.set(file);
}

/// Returns true if this process writes a journal.
pub(crate) fn has_journal() -> bool {
    JOURNAL.get().is_some()
}

/// Writes a line, complete at once: what follows may end the process.
pub(crate) fn write_to_journal(mut line: String) {
    if let Some(mut file) = JOURNAL.get() {
        line.push('\n');
        // The reader reports the death of this process also without the line.
        let _ = file.write_all(line.as_bytes());
    }
}

/// Returns a number that no other thread of this process has.
pub(crate) fn thread_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    thread_local! {
        // Nothing else depends on the order of the numbers.
        static NUMBER: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}

/// Records a panic of user code on this thread, which may be the last act of the process.
pub(crate) fn record_panic(text: &str) {
    if has_journal() {
        let thread = thread_number();
        write_to_journal(serde_json::json!(["panic", thread, text]).to_string());
    }
}
