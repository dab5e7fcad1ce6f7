//! `zerobuffer clean`: lists stale buffers, and removes them with `--yes`.

use std::io::{self, Write};

use serde_json::json;
use zerobuffer::{StaleBuffer, list_stale_in};

use crate::args::CleanArgs;
use crate::outcome::{Exit, complain};

pub(crate) fn run(args: &CleanArgs) -> Exit {
    let found = match list_stale_in(&args.lock_dir) {
        Ok(found) => found,
        Err(error) => {
            let _ = complain(&error);
            return Exit::Buffer;
        }
    };
    let wanted = |stale: &StaleBuffer| {
        args.buffer_names.is_empty() || args.buffer_names.iter().any(|name| name == stale.name())
    };
    let mut exit = Exit::Done;
    let mut entries = Vec::new();
    for stale in found.into_iter().filter(wanted) {
        let removed = args.yes
            && zerobuffer::remove_stale(&stale).unwrap_or_else(|error| {
                let _ = complain(&error);
                exit = Exit::Buffer;
                false
            });
        entries.push((stale, removed));
    }
    // A closed output is not a reason to fail.
    let _ = if args.json { print_json(&entries) } else { print_text(&entries, args.yes) };
    exit
}

fn print_json(entries: &[(StaleBuffer, bool)]) -> io::Result<()> {
    let list: Vec<_> = entries
        .iter()
        .map(|(stale, removed)| {
            let paths: Vec<_> =
                stale.paths().iter().map(|path| path.display().to_string()).collect();
            json!({
                "buffer_name": stale.name(),
                "reader_pid": stale.reader_pid(),
                "bytes": stale.bytes(),
                "paths": paths,
                "removed": removed,
            })
        })
        .collect();
    writeln!(io::stdout(), "{:#}", json!(list))
}

fn print_text(entries: &[(StaleBuffer, bool)], yes: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (stale, removed) in entries {
        let verb = match (yes, removed) {
            (false, _) => "stale",
            (true, true) => "removed",
            (true, false) => "left",
        };
        let reader = stale.reader_pid().map(|pid| format!(", reader was process {pid}"));
        let (name, bytes, reader) = (stale.name(), stale.bytes(), reader.unwrap_or_default());
        writeln!(out, "{verb}  {name}  {bytes} bytes{reader}")?;
    }
    match (entries.len(), yes) {
        (0, _) => writeln!(out, "no stale buffers"),
        (count, false) => writeln!(out, "{count} stale; nothing removed, run again with --yes"),
        (_, true) => Ok(()),
    }
}
