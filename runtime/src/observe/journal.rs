//! The journal of the process: lines that another process reads, at the latest if this one dies.

use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

static JOURNAL: OnceLock<Mutex<File>> = OnceLock::new();

/// Writes the journal to `file`, a pipe or a file that is opened to append.
pub(crate) fn start_journal(file: File) {
    // A process has one journal; the first one counts.
    let _ = JOURNAL.set(Mutex::new(file));
}

/// Returns true if this process writes a journal.
pub(crate) fn has_journal() -> bool {
    JOURNAL.get().is_some()
}

/// Writes a line, complete at once: what follows may end the process.
pub(crate) fn write_to_journal(mut line: String) {
    if let Some(file) = JOURNAL.get() {
        line.push('\n');
        // A pipe may take a long line in pieces.
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
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
