//! Logs, spans, telemetry and resource usage.
//!
//! # Logs
//!
//! `tracing` events are attached to the step that emitted them, as are the messages it logs through its
//! [`StepContext`](crate::StepContext). They appear in failure output, with `--verbose`, in every report
//! file, and in the responses of a serve process. Hooks have logs as well.
//!
//! ```
//! use harmony_bdd::{StepContext, when};
//! use harmony_bdd::model::LogLevel;
//!
//! #[when(expr = "{int} frames are sent")]
//! async fn send(context: &StepContext, count: usize) {
//!     tracing::info!(count, "sending");
//!     context.log(LogLevel::Debug, "a message for the log of the step");
//!     // On another thread, the span assigns events to the step.
//!     let span = tracing::Span::current();
//!     let worker = std::thread::spawn(move || span.in_scope(|| tracing::warn!("slow line")));
//!     worker.join().expect("it does not panic");
//! }
//! ```
//!
//! [`StepContext::measure`](crate::StepContext::measure) measures a part of a step. `--stats` prints count,
//! minimum, mean, median, p95 and maximum of each measured operation, also of those in other processes.
//!
//! `--log LEVEL` (`log` in `harmony.toml`, `HARMONY_BDD_LOG` in the environment, also for serve
//! processes) sets the most detailed level that is attached: the default is `info`, and `off` disables it.
//! An event whose span has outlived its step is attached to the running step, or dropped if there is none.
//!
//! # Your own subscriber
//!
//! [`main!`](crate::main) installs a subscriber unless one is already set, by the binary or by a
//! `#[before_all]` hook. Your subscriber receives spans named `run`, `feature`, `scenario`, `step` and
//! `hook` with the target `harmony_bdd`. Each has the field `outcome` and, if it failed, `error`; both are
//! recorded when it ends. A message that a step logs through its context is an event with the target
//! `harmony_bdd::log`. The other fields of the spans are:
//!
//! | span | fields |
//! |---|---|
//! | `run` | `scenarios` |
//! | `feature` | `name`, `path` |
//! | `scenario` | `name`, `location`, `tags`, `attempt`; in a serve process `name`, `process` |
//! | `step` | `keyword`, `text`, `location`, `process`, `definition` |
//! | `hook` | `function`, `when`, `definition` |
//!
//! A hung step never closes its span or its parents; use the `outcome` field to detect the end. To attach
//! logs to steps as well, add the layer `observe::StepLogLayer` (feature `tracing-subscriber`):
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     tracing_subscriber::registry()
//!         .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
//!         .with(harmony_bdd::observe::StepLogLayer::default())
//!         .init();
//!     harmony_bdd::cli::main()
//! }
//! ```
//!
//! # OpenTelemetry
//!
//! With the feature `opentelemetry` a binary exports its spans, and all spans created inside them, over
//! OTLP/HTTP to the collector configured by the standard environment variables. Each run is one trace; the
//! span of a failure has the status *error*. The counter `harmony_bdd.steps` counts executed steps by
//! `keyword` and `outcome`. Nothing is exported unless a collector is configured; an unreachable collector
//! causes a warning. `https` needs the feature `opentelemetry-tls`.
//!
//! ```text
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_SERVICE_NAME=checkout-suite cargo run -- run
//! ```
//!
//! In a run across processes, each serve process built with the feature exports its own trace.
//!
//! # Resources
//!
//! `--resources` measures this process before each scenario and after its state is dropped: open files,
//! threads, resident memory, and this user's objects in `/dev/shm`. Resources that a scenario added and that
//! still exist at the end of the run are reported with the scenario's name:
//!
//! ```text
//! warning: "5.1 - Two writers" leaked 4 resources
//!  --> features/05-Writers.feature:8:3
//!   = open file: /tmp/frames.log (descriptor 12)
//!   = thread: poller (id 4711)
//!   = shared memory: /dev/shm/ring-1
//!   = memory: grew by 48.0 MiB
//! ```
//!
//! A leak is a warning and does not fail the run. Feature- and suite-scoped state is not a leak. Memory is
//! reported from 32 MiB ([`MEMORY_THRESHOLD`](crate::observe::MEMORY_THRESHOLD)), because allocators keep
//! freed memory. Anything started once, such as a thread pool, is attributed to the first scenario that uses
//! it. Objects in `/dev/shm` are reported whichever program of this user created them during the scenario.
//!
//! The resources of scenarios that run in parallel in one process cannot be distinguished, so scenarios run
//! one at a time: `--jobs` on the command line is refused, and in `harmony.toml` or the environment it has
//! no effect. `--stats` adds a table of the usage of each scenario.
//!
//! `harmony --resources` measures the processes of each scenario when its last step has ended; scenarios
//! still run in parallel, since each has its own processes. It reports the `/dev/shm` objects with the
//! scenario's name that had to be removed afterwards.
