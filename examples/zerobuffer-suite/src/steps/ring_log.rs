//! Logs the rings of a scenario at level `debug`.

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, after_step};

use crate::settings::SuiteSettings;
use crate::state::BufferNames;

#[after_step]
fn log_rings(names: &BufferNames, settings: &SuiteSettings, context: &StepContext) {
    if !settings.logs(LogLevel::Debug) {
        return;
    }
    for name in names.known() {
        // A named ring may be removed, or not created yet.
        let Ok(ring) = zerobuffer::inspect(name) else { continue };
        let (used, size) = (ring.used_bytes(), ring.control.payload_size);
        let waiting = ring.frames_ready.unwrap_or(0);
        context.log(
            LogLevel::Debug,
            format!(
                "ring '{}': {used} of {size} bytes used, {waiting} frames waiting; reader {:?}, writer {:?}",
                names.base_of(name),
                ring.reader,
                ring.writer
            ),
        );
    }
}
