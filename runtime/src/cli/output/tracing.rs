//! The subscriber for the `tracing` events of this process.

use super::error::OutputError;
use crate::observe::{LevelFilter, install_step_log};
#[cfg(feature = "opentelemetry")]
use crate::observe::{StepLogLayer, Telemetry, default_service_name};

/// The exporters of traces and metrics, for the duration of the command.
#[derive(Debug)]
#[must_use = "its end exports the remaining data"]
pub(in crate::cli) struct TracingGuard {
    #[cfg(feature = "opentelemetry")]
    telemetry: Option<Telemetry>,
}

/// Attaches events up to this level to steps, and exports the run if the environment configures a
/// collector. A subscriber that is already installed stays.
///
/// # Errors
/// [`OutputError::Telemetry`] if the configuration of the collector is invalid.
pub(in crate::cli) fn init_tracing(level: LevelFilter) -> Result<TracingGuard, OutputError> {
    #[cfg(feature = "opentelemetry")]
    {
        let telemetry = Telemetry::from_environment(&default_service_name())
            .map_err(|error| OutputError::Telemetry(error.to_string()))?;
        if let Some(telemetry) = &telemetry {
            use tracing_subscriber::Layer as _;
            use tracing_subscriber::layer::SubscriberExt as _;
            let spans = telemetry.layer().with_filter(level.max(LevelFilter::INFO));
            let subscriber = tracing_subscriber::registry()
                .with(spans)
                .with(StepLogLayer::default().with_filter(level));
            // A suite that has installed its own subscriber adds this crate's layers itself.
            let _ = tracing::subscriber::set_global_default(subscriber);
        }
        install_step_log(level);
        Ok(TracingGuard { telemetry })
    }
    #[cfg(not(feature = "opentelemetry"))]
    {
        install_step_log(level);
        Ok(TracingGuard {})
    }
}

impl TracingGuard {
    /// Exports the remaining data. A collector that does not accept it is a warning on `stderr`, and
    /// does not fail the run.
    pub(in crate::cli) fn finish(&mut self, stderr: impl std::io::Write) {
        #[cfg(feature = "opentelemetry")]
        if let Some(Err(error)) = self.telemetry.take().map(Telemetry::finish) {
            let mut stderr = stderr;
            // A warning that cannot be written is lost; the run is not affected.
            let _ = writeln!(stderr, "warning: {error}");
        }
        #[cfg(not(feature = "opentelemetry"))]
        drop(stderr);
    }
}
