//! Logs, spans, telemetry, and what scenarios use of the machine.
//!
//! # Logs
//!
//! What a step tells `tracing` is attached to the step, as is what it logs by its
//! [`StepContext`](crate::StepContext): in the story of a failure, in `--verbose`, in every report
//! file, and in the replies of a serve process. Hooks have their logs as well.
//!
//! ```
//! use harmony_bdd::{StepContext, when};
//! use harmony_bdd::model::LogLevel;
//!
//! #[when(expr = "{int} frames are sent")]
//! async fn send(context: &StepContext, count: usize) {
//!     tracing::info!(count, "sending");
//!     context.log(LogLevel::Debug, "by hand");
//!     // On another thread an event finds its step by the span.
//!     let span = tracing::Span::current();
//!     let worker = std::thread::spawn(move || span.in_scope(|| tracing::warn!("slow line")));
//!     worker.join().expect("it does not panic");
//! }
//! ```
//!
//! `--log LEVEL` (`log` in `harmony.toml`, `HARMONY_BDD_LOG` in the environment, also for serve
//! processes) says up to which level events count: `info` unless said otherwise, `off` for none. An
//! event of a span that outlived its step belongs to the step that runs; without one it has no place.
//!
//! # A subscriber of your own
//!
//! [`main!`](crate::main) subscribes unless somebody has: the binary before it, or a `#[before_all]`
//! hook. Your subscriber hears spans named `run`, `feature`, `scenario`, `step` and `hook`, of the
//! target `harmony_bdd`. Each has the field `outcome` and, where it is red, `error`; they are recorded
//! when it is over. Beside them:
//!
//! | span | fields |
//! |---|---|
//! | `run` | `scenarios` |
//! | `feature` | `name`, `path` |
//! | `scenario` | `name`, `place`, `tags`, `attempt`; in a serve process `name`, `process` |
//! | `step` | `keyword`, `text`, `place`, `process`, `definition` |
//! | `hook` | `function`, `when`, `definition` |
//!
//! A step that hangs keeps its span open for ever, and those around it: take `outcome` for the end. To
//! have logs attached as well, add the layer `observe::AttachEvents`, which the feature
//! `tracing-subscriber` brings:
//!
//! ```text
//! fn main() -> std::process::ExitCode {
//!     tracing_subscriber::registry()
//!         .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
//!         .with(harmony_bdd::observe::AttachEvents::default())
//!         .init();
//!     harmony_bdd::cli::main()
//! }
//! ```
//!
//! # OpenTelemetry
//!
//! With the feature `opentelemetry` a binary sends its spans, and all others that are made inside, to
//! the collector that the standard variables name, by OTLP over HTTP. Each run is one trace; a span that
//! is red has the status *error*. The counter `harmony_bdd.steps` counts executed steps by `keyword` and
//! `outcome`. Nothing is sent where no variable names a collector, and a collector that does not answer
//! is a warning, not a failure. `https` needs the feature `opentelemetry-tls`.
//!
//! ```text
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_SERVICE_NAME=checkout-suite cargo run -- run
//! ```
//!
//! In a run over several processes each serve process that has the feature sends a trace of its own.
//!
//! # Resources
//!
//! `--resources` looks at this process before each scenario and after it, when its states are gone: open
//! files, threads, resident memory, and the objects of this user in `/dev/shm`. What a scenario brought
//! and what is still there when the run has ended is told with the scenario's name:
//!
//! ```text
//! warning: "5.1 - Two writers" left things behind
//!  --> features/05-Writers.feature:8:3
//!   = open file: /tmp/frames.log (descriptor 12)
//!   = thread: poller (number 4711)
//!   = shared memory: /dev/shm/ring-1
//!   = memory: 48.0 MiB more than before
//! ```
//!
//! It is a warning and makes no run red. States with a wider scope than the scenario are no leak: they
//! are gone by the end. Memory counts from 32 MiB on
//! ([`MEMORY_THRESHOLD`](crate::observe::MEMORY_THRESHOLD)), since allocators keep what was freed.
//! Whatever starts once and stays, such as a pool of threads, counts for the scenario that came first,
//! and objects in `/dev/shm` are told whichever program of this user made them meanwhile.
//!
//! What scenarios do side by side in one process cannot be told apart, so they run one at a time; a
//! `--jobs N` beside it is refused, while one in `harmony.toml` or in the environment has no effect.
//! `--stats` adds a table of what each scenario used.
//!
//! `harmony --resources` measures the processes of each scenario, which are its own, when its last
//! step has ended; scenarios stay side by side. It tells which objects in `/dev/shm` under the
//! scenario's name had to be removed afterwards.
