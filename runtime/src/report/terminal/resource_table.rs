//! A table of the resources that scenarios used.

use std::io::{self, Write};
use std::sync::Arc;

use crate::model::ResourceUsage;
use crate::report::ScenarioRecord;
use crate::text::format_duration;

/// The measured usage, in the order in which scenarios finished.
#[derive(Debug, Default)]
pub(super) struct ResourceTable(Vec<(Arc<ResourceUsage>, String)>);

impl ResourceTable {
    /// Adds the usage of each process during a scenario.
    pub(super) fn add(&mut self, record: &ScenarioRecord) {
        for attempt in &record.attempts {
            for resources in &attempt.resources {
                let name = format!("{} {}", record.location(), record.scenario.name);
                self.0.push((Arc::clone(resources), name));
            }
        }
    }

    /// Writes the table, unless it is empty.
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
            let ResourceUsage {
                process,
                resident_bytes,
                resident_growth: grown,
                cpu_time: cpu,
                open_files,
                threads,
                shared_memory,
            } = &**resources;
            write!(out, "{:>12}{:>12}", mib(*resident_bytes as f64), mib(*grown as f64))?;
            write!(out, "{:>12}{open_files:>12}{threads:>12}", format_duration(*cpu))?;
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
