//! Traces of runs and a counter of steps, sent by OTLP over HTTP.
//!
//! A span ends for a collector when its outcome is recorded, not when the last handle of it is gone: a
//! step that hangs holds its span, and those around it, for ever.

use std::io;
use std::path::Path;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::TARGET;

/// Any of these says where to send to, and thereby to send.
const ENDPOINTS: [&str; 3] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
];

const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// A collector that takes longer for an answer, or for all that is left at the end, is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends spans and counts to a collector.
///
/// The spans are those of a run with their fields as attributes, and whatever else is told to `tracing`
/// inside. The counter is `harmony_bdd.steps`, with the attributes `keyword` and `outcome`.
///
/// [`main!`](crate::main) installs it where the environment names a collector. With a subscriber of your
/// own, add its [`layer`](Self::layer):
///
/// ```no_run
/// use harmony_bdd::observe::{AttachEvents, Telemetry};
/// use std::process::ExitCode;
/// use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};
///
/// fn main() -> ExitCode {
///     let telemetry = Telemetry::from_environment("my-suite").expect("a usable environment");
///     let sent = telemetry.as_ref().map(Telemetry::layer);
///     tracing_subscriber::registry().with(sent).with(AttachEvents::default()).init();
///     let code = harmony_bdd::cli::main();
///     telemetry.map(Telemetry::finish);
///     code
/// }
/// ```
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

impl Telemetry {
    /// What the standard variables ask for: `OTEL_EXPORTER_OTLP_ENDPOINT`, which of HTTP's protocols,
    /// headers, timeouts. `None` where they name no collector, or `OTEL_SDK_DISABLED` is true.
    /// `service` is the name of the service, unless the environment names it.
    ///
    /// # Errors
    /// When they contradict each other, in words.
    pub fn from_environment(service: &str) -> Result<Option<Self>, String> {
        let given = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let disabled = std::env::var("OTEL_SDK_DISABLED")
            .is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        if disabled || !ENDPOINTS.into_iter().any(given) {
            return Ok(None);
        }
        let mut resource = Resource::builder();
        if !given(SERVICE_NAME) {
            resource = resource.with_service_name(service.to_owned());
        }
        let resource = resource.build();
        let cannot = |what: &str, error: &dyn std::fmt::Display| {
            format!("{what} cannot be sent by what the environment says of OTLP: {error}")
        };
        let spans = SpanExporter::builder().with_http().with_http_client(Client::new());
        let spans = spans.build().map_err(|error| cannot("traces", &error))?;
        let counts = MetricExporter::builder().with_http().with_http_client(Client::new());
        let counts = counts.build().map_err(|error| cannot("metrics", &error))?;
        Ok(Some(Self {
            traces: SdkTracerProvider::builder()
                .with_batch_exporter(spans)
                .with_resource(resource.clone())
                .build(),
            metrics: SdkMeterProvider::builder()
                .with_periodic_exporter(counts)
                .with_resource(resource)
                .build(),
        }))
    }

    /// The layer that feeds it.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let layer = || {
            tracing_opentelemetry::layer()
                .with_tracer(self.traces.tracer("harmony-bdd"))
                .with_location(false)
                .with_threads(false)
                .with_tracked_inactivity(false)
        };
        let meter = self.metrics.meter("harmony-bdd");
        let steps = meter.u64_counter("harmony_bdd.steps");
        let steps = steps.with_description("executed steps").with_unit("{step}").build();
        // The second one comes after the first: it ends what the first has recorded.
        layer().and_then(EndByOutcome { ending: layer(), steps })
    }

    /// Sends what is left, within 10 s.
    ///
    /// # Errors
    /// When the collector did not take it, in words.
    pub fn finish(self) -> Result<(), String> {
        let results = [
            ("traces", self.traces.shutdown_with_timeout(PATIENCE)),
            ("metrics", self.metrics.shutdown_with_timeout(PATIENCE)),
        ];
        let failed: Vec<_> = results.into_iter().filter_map(failed).collect();
        if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
    }
}

fn failed((what, result): (&str, OTelSdkResult)) -> Option<String> {
    result.err().map(|error| format!("the collector did not get the {what}: {error}"))
}

/// The name of this program, for a service that nobody has named.
pub(crate) fn service_name() -> String {
    let program = std::env::args().next().unwrap_or_default();
    let name = Path::new(&program).file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Ends this crate's spans when their outcome is recorded, and counts the steps among them.
struct EndByOutcome<S> {
    /// Of the same kind as the layer that began them; it finds what that one keeps with a span.
    ending: OpenTelemetryLayer<S, Tracer>,
    steps: Counter<u64>,
}

/// The keyword of a step, kept with its span.
struct Keyword(String);

/// Reads one field.
struct Read {
    name: &'static str,
    value: Option<String>,
}

impl Read {
    fn of(name: &'static str, record: impl FnOnce(&mut Self)) -> Option<String> {
        let mut read = Self { name, value: None };
        record(&mut read);
        read.value
    }
}

impl Visit for Read {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == self.name {
            self.value = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

impl<S> Layer<S> for EndByOutcome<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target() == TARGET
            && metadata.name() == "step"
            && let Some(keyword) = Read::of("keyword", |read| attributes.record(read))
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(Keyword(keyword));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| span.metadata().target() == TARGET) else {
            return;
        };
        let Some(outcome) = Read::of("outcome", |read| values.record(read)) else { return };
        let keyword = span.extensions_mut().remove::<Keyword>();
        drop(span);
        if let Some(Keyword(keyword)) = keyword {
            let of = [KeyValue::new("keyword", keyword), KeyValue::new("outcome", outcome)];
            self.steps.add(1, &of);
        }
        self.ending.on_close(id.clone(), context);
    }
}

/// Speaks HTTP for the exporters, which have threads of their own: it may block.
#[derive(Debug)]
struct Client(ureq::Agent);

impl Client {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        Self(config.into())
    }
}

type Sending<'a> =
    std::pin::Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'a, 'sending>(&'a self, request: Request<Bytes>) -> Sending<'sending>
    where
        'a: 'sending,
        Self: 'sending,
    {
        let send = move || -> Result<Response<Bytes>, HttpError> {
            let (head, body) = request.into_parts();
            let answer =
                self.0.run(Request::from_parts(head, &body[..])).map_err(io::Error::other)?;
            let (head, mut body) = answer.into_parts();
            let body = body.read_to_vec().map_err(io::Error::other)?;
            Ok(Response::from_parts(head, Bytes::from(body)))
        };
        Box::pin(async move { send() })
    }
}
