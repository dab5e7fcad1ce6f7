//! The journal of the process: lines that another process reads if this one dies.

use std::fs::File;
use std::io::Write as _;
use std::sync::OnceLock;

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

/// Records a panic of user code on this thread, which may be the last act of the process.
pub(crate) fn record_panic(text: &str) {
    if has_journal() {
        let thread = nix::unistd::gettid().as_raw();
        write_to_journal(serde_json::json!(["panic", thread, text]).to_string());
    }
}
