//! What scenarios used, as a table.

use std::io::{self, Write};
use std::sync::Arc;

use super::Story;
use super::words::readable;
use crate::model::Resources;

/// What was measured, in the order in which scenarios ended.
#[derive(Debug, Default)]
pub(super) struct Usage(Vec<(Arc<Resources>, String)>);

impl Usage {
    /// Takes what each process used for the scenario.
    pub(super) fn take(&mut self, story: &Story) {
        for attempt in &story.attempts {
            for resources in &attempt.resources {
                let name = format!("{} {}", story.place(), story.scenario.name);
                self.0.push((Arc::clone(resources), name));
            }
        }
    }

    /// Writes the table, where there is something in it.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nResources by scenario:")?;
        for head in ["memory", "grown by", "cpu", "files", "threads", "shm"] {
            write!(out, "{head:>12}")?;
        }
        writeln!(out, "  scenario")?;
        for (resources, scenario) in &self.0 {
            let Resources { process, resident, grown, cpu, open_files, threads, shared_memory } =
                &**resources;
            write!(out, "{:>12}{:>12}", mib(*resident as f64), mib(*grown as f64))?;
            write!(out, "{:>12}{open_files:>12}{threads:>12}", readable(*cpu))?;
            write!(out, "{shared_memory:>12}  {scenario}")?;
            match process {
                Some(process) => writeln!(out, ": {process}")?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }
}

fn mib(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / (1024.0 * 1024.0))
}
