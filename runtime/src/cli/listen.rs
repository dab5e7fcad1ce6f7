//! Who listens to what this process tells `tracing`.

#[cfg(feature = "opentelemetry")]
use crate::observe::{AttachEvents, Telemetry, service_name};
use crate::observe::{LevelFilter, attach_events};

/// Those that listen, as long as the command runs.
#[derive(Debug)]
#[must_use = "what is left is sent when it ends"]
pub(super) struct Listening {
    #[cfg(feature = "opentelemetry")]
    telemetry: Option<Telemetry>,
}

/// Attaches events up to this level to steps; where the environment names a collector, it hears of
/// the run as well. A subscriber that is installed already stays.
///
/// # Errors
/// When the environment says something about the collector that cannot be, in words.
pub(super) fn listen(level: LevelFilter) -> Result<Listening, String> {
    #[cfg(feature = "opentelemetry")]
    {
        let telemetry = Telemetry::from_environment(&service_name())?;
        if let Some(telemetry) = &telemetry {
            use tracing_subscriber::Layer as _;
            use tracing_subscriber::layer::SubscriberExt as _;
            let spans = telemetry.layer().with_filter(level.max(LevelFilter::INFO));
            let subscriber = tracing_subscriber::registry()
                .with(spans)
                .with(AttachEvents::default().with_filter(level));
            // Whoever came first brings this crate's layers along, or does without.
            let _ = tracing::subscriber::set_global_default(subscriber);
        }
        attach_events(level);
        Ok(Listening { telemetry })
    }
    #[cfg(not(feature = "opentelemetry"))]
    {
        attach_events(level);
        Ok(Listening {})
    }
}

impl Listening {
    /// Sends what is left. What a collector does not take is told on `stderr`: it makes no run red.
    pub(super) fn end(&mut self, stderr: impl std::io::Write) {
        #[cfg(feature = "opentelemetry")]
        if let Some(Err(error)) = self.telemetry.take().map(Telemetry::finish) {
            let mut stderr = stderr;
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(stderr, "warning: {error}");
        }
        #[cfg(not(feature = "opentelemetry"))]
        drop(stderr);
    }
}
