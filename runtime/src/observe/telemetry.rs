//! Export of traces and a step counter by OTLP over HTTP.
//!
//! A span is exported when its outcome is recorded, not when its last handle is dropped: a hung step never
//! drops its span and those around it.

use std::io;
use std::path::Path;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithHttpConfig as _};
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

/// The environment variables that enable the export; any of them sets an endpoint.
const ENDPOINTS: [&str; 3] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
];

const SERVICE_NAME_VARIABLE: &str = "OTEL_SERVICE_NAME";

/// The timeout of a request to the collector, and of the export at the end of a run.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// An error of [`Telemetry`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The environment variables of the exporter are invalid.
    #[error("invalid OpenTelemetry environment variables: {0}")]
    InvalidEnvironment(#[source] ExporterBuildError),
    /// The collector did not accept the data.
    #[error("{0}")]
    Export(String),
}

/// The export of traces and metrics to an OpenTelemetry collector.
///
/// The spans are those of a run with their fields as attributes, and all other `tracing` spans and events
/// inside. The counter is `harmony_bdd.steps`, with the attributes `keyword` and `outcome`.
///
/// [`main!`](crate::main) installs it if the environment sets a collector. Add its [`layer`](Self::layer)
/// to your own subscriber:
///
/// ```no_run
/// use harmony_bdd::observe::{StepLogLayer, Telemetry};
/// use std::process::ExitCode;
/// use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};
///
/// fn main() -> ExitCode {
///     let telemetry = Telemetry::from_environment("my-suite").expect("valid environment variables");
///     let sent = telemetry.as_ref().map(Telemetry::layer);
///     tracing_subscriber::registry().with(sent).with(StepLogLayer::default()).init();
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
    /// Creates the export that the standard environment variables configure, such as
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`.
    ///
    /// Returns `None` if they set no collector, or if `OTEL_SDK_DISABLED` is true. `service` is the name
    /// of the service, unless the environment sets it.
    ///
    /// # Errors
    ///
    /// Returns an error if the variables are invalid.
    pub fn from_environment(service: &str) -> Result<Option<Self>, TelemetryError> {
        let is_set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let disabled = std::env::var("OTEL_SDK_DISABLED")
            .is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        if disabled || !ENDPOINTS.into_iter().any(is_set) {
            return Ok(None);
        }
        let mut resource = Resource::builder();
        if !is_set(SERVICE_NAME_VARIABLE) {
            resource = resource.with_service_name(service.to_owned());
        }
        let resource = resource.build();
        let invalid = |error: ExporterBuildError| TelemetryError::InvalidEnvironment(error);
        let spans = SpanExporter::builder().with_http().with_http_client(BlockingClient::new());
        let spans = spans.build().map_err(invalid)?;
        let counts = MetricExporter::builder().with_http().with_http_client(BlockingClient::new());
        let counts = counts.build().map_err(invalid)?;
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

    /// Returns the layer that records the spans.
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
        // The order matters: the second layer ends the spans that the first one has recorded.
        layer().and_then(EndByOutcome { ending: layer(), steps })
    }

    /// Exports the remaining data, within 10 s.
    ///
    /// # Errors
    ///
    /// Returns an error if the collector did not accept it.
    pub fn finish(self) -> Result<(), TelemetryError> {
        let results = [
            ("traces", self.traces.shutdown_with_timeout(EXPORT_TIMEOUT)),
            ("metrics", self.metrics.shutdown_with_timeout(EXPORT_TIMEOUT)),
        ];
        let failed: Vec<_> = results.into_iter().filter_map(failed).collect();
        if failed.is_empty() { Ok(()) } else { Err(TelemetryError::Export(failed.join("; "))) }
    }
}

fn failed((what, result): (&str, OTelSdkResult)) -> Option<String> {
    result.err().map(|error| format!("the collector did not receive the {what}: {error}"))
}

/// Returns the name of this program, the default name of the service.
pub(crate) fn default_service_name() -> String {
    let program = std::env::args().next().unwrap_or_default();
    let name = Path::new(&program).file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Ends this crate's spans when their outcome is recorded, and counts the steps among them.
struct EndByOutcome<S> {
    /// A layer of the same type as the one that started the spans, so that it finds their data.
    ending: OpenTelemetryLayer<S, Tracer>,
    steps: Counter<u64>,
}

/// The keyword of a step, stored with its span.
struct StepKeywordExtension(String);

/// A visitor that reads one field.
struct FieldReader {
    name: &'static str,
    value: Option<String>,
}

impl FieldReader {
    fn read(name: &'static str, record: impl FnOnce(&mut Self)) -> Option<String> {
        let mut read = Self { name, value: None };
        record(&mut read);
        read.value
    }
}

impl Visit for FieldReader {
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
            && let Some(keyword) = FieldReader::read("keyword", |read| attributes.record(read))
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(StepKeywordExtension(keyword));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| span.metadata().target() == TARGET) else {
            return;
        };
        let Some(outcome) = FieldReader::read("outcome", |read| values.record(read)) else {
            return;
        };
        let keyword = span.extensions_mut().remove::<StepKeywordExtension>();
        drop(span);
        if let Some(StepKeywordExtension(keyword)) = keyword {
            let of = [KeyValue::new("keyword", keyword), KeyValue::new("outcome", outcome)];
            self.steps.add(1, &of);
        }
        self.ending.on_close(id.clone(), context);
    }
}

/// The HTTP client of the exporters. It may block, as each exporter has its own thread.
#[derive(Debug)]
struct BlockingClient(ureq::Agent);

impl BlockingClient {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(EXPORT_TIMEOUT))
            .build();
        Self(config.into())
    }
}

type ResponseFuture<'a> =
    std::pin::Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for BlockingClient {
    fn send_bytes<'a, 'sending>(&'a self, request: Request<Bytes>) -> ResponseFuture<'sending>
    where
        'a: 'sending,
        Self: 'sending,
    {
        let send = move || -> Result<Response<Bytes>, HttpError> {
            let (head, body) = request.into_parts();
            let response =
                self.0.run(Request::from_parts(head, &body[..])).map_err(io::Error::other)?;
            let (head, mut body) = response.into_parts();
            let body = body.read_to_vec().map_err(io::Error::other)?;
            Ok(Response::from_parts(head, Bytes::from(body)))
        };
        Box::pin(async move { send() })
    }
}
