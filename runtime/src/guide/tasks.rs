//! Async steps, the tasks they spawn, the clock, and the output of scenarios that run at the same time.
//!
//! # What runs where
//!
//! | code | thread | tokio runtime |
//! |---|---|---|
//! | steps, fixtures and hooks of a scenario, sync and async | the scenario's thread | the scenario's |
//! | tasks that they spawn with `tokio::spawn` | a worker thread of the scenario's runtime | the scenario's |
//! | tasks that they spawn with `spawn_local` | the scenario's thread, while an async step waits | the scenario's |
//! | fixtures and hooks of a feature or of the suite | the thread that needs them first | the run's |
//! | tasks that those spawn | two worker threads | the run's |
//!
//! An async step need not be `Send`, and neither need the state of a scenario. Tasks make progress while a
//! step blocks its thread: a blocking client can talk to a server that a fixture spawned. `block_in_place`
//! works in async steps, `Handle::block_on` in sync steps. tokio refuses a second runtime in an async step.
//!
//! ```
//! use std::io::{Read, Write};
//! use harmony_bdd::{fixture, then, when};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::{TcpListener, TcpStream};
//!
//! struct Echo(std::net::SocketAddr);
//!
//! // Runs once. The server serves every scenario, until the run ends.
//! #[fixture(scope = suite)]
//! async fn echo() -> std::io::Result<Echo> {
//!     let listener = TcpListener::bind("127.0.0.1:0").await?;
//!     let address = listener.local_addr()?;
//!     tokio::spawn(async move {
//!         while let Ok((mut client, _)) = listener.accept().await {
//!             tokio::spawn(async move {
//!                 let mut bytes = [0; 4];
//!                 client.read_exact(&mut bytes).await?;
//!                 client.write_all(&bytes).await
//!             });
//!         }
//!     });
//!     Ok(Echo(address))
//! }
//!
//! #[when("an async client sends a ping")]
//! async fn ping(echo: &Echo) -> std::io::Result<()> {
//!     let mut client = TcpStream::connect(echo.0).await?;
//!     client.write_all(b"ping").await?;
//!     client.read_exact(&mut [0; 4]).await.map(drop)
//! }
//!
//! #[when("a blocking client sends a ping")]
//! fn ping_blocking(echo: &Echo) -> std::io::Result<()> {
//!     let mut client = std::net::TcpStream::connect(echo.0)?;
//!     client.write_all(b"ping")?;
//!     client.read_exact(&mut [0; 4])
//! }
//!
//! #[then("tokio offers what it offers elsewhere")]
//! async fn offers() -> Result<(), tokio::task::JoinError> {
//!     tokio::task::block_in_place(|| std::thread::yield_now());
//!     let local = std::rc::Rc::new(5);
//!     let task = tokio::task::spawn_local(async move { *local });
//!     assert_eq!(task.await?, 5);
//!     Ok(())
//! }
//! ```
//!
//! `spawn_local` does not work in fixtures and hooks of features and of the suite: no thread lives as long as
//! they do.
//!
//! # What lives how long
//!
//! - A scenario's tasks end after its after-hooks and the drop of its states. Each is dropped where it waits
//!   next, so that a server which a fixture spawned needs no shutdown.
//! - A task that does not wait, or a `spawn_blocking` call that does not return, gets one second (or half of
//!   the step timeout, if that is less). Then the scenario fails, and the failure names the functions that
//!   started tasks.
//! - The tasks of features and of the suite end after the last after-hook, in the same way; those that do not
//!   end fail the run.
//! - The tasks of a scenario whose thread was abandoned are ended before its after-hooks run.
//! - Threads that a step started with `std::thread` are not tracked.
//!
//! A scenario with `spawn_blocking` calls, or with tasks at its end, costs the creation of one runtime; other
//! scenarios use the same runtimes one after the other.
//!
//! # Fixtures that several scenarios need
//!
//! The first scenario that needs a fixture of a feature or of the suite makes it, within the timeout of its
//! step; others wait. If the fixture fails, panics or exceeds that timeout, its error is the reason of every
//! scenario that needs it, also of retries: it is not made again. Fixtures that need each other are reported
//! as a cycle, also if two threads have started one of them each.
//!
//! # Deadlines and the clock
//!
//! At its deadline an async body is dropped where it waits. The thread of a blocking body is abandoned.
//! Deadlines are times of the real clock.
//!
//! `tokio::time::pause` needs a runtime without worker threads: tag the scenario, its rule or its feature
//! with `@tokio.current_thread`, or set it for all scenarios with `--tokio-flavor current-thread`, also in
//! `harmony.toml`; `@tokio.multi_thread` is the opposite. On such a runtime, tasks make progress only while an
//! async step of their scenario waits, and `block_in_place` panics. Pausing the clock changes no deadline.
//!
//! ```gherkin
//! @tokio.current_thread
//! Scenario: A session expires
//!   Given a session
//!   When an hour passes
//!   Then the session has expired
//! ```
//!
//! ```
//! use std::time::Duration;
//! use harmony_bdd::when;
//!
//! // Needs the feature `test-util` of tokio, and no time.
//! #[when("an hour passes")]
//! async fn hour_passes() {
//!     tokio::time::pause();
//!     tokio::time::advance(Duration::from_secs(3600)).await;
//! }
//! ```
//!
//! # Whose output it is
//!
//! | written with | with one job | with several jobs | with `--isolation process` |
//! |---|---|---|---|
//! | [`StepContext::log`](crate::StepContext::log) and its attachments | exact | exact | exact |
//! | `tracing` events of the step's thread, and in spans of the step | exact | exact | exact |
//! | `tracing` events of the scenario's tasks | the step that runs at that moment | the step that runs at that moment | the step that runs at that moment |
//! | `println!` and other output of the process and of child processes | the step that runs at that moment | see below | the step that runs at that moment |
//!
//! A process has one standard output. What was printed while several scenarios ran may be of any of them. It
//! is not part of a step or a failure: the reports show it once, with the names of these scenarios, under
//! "printed while these scenarios ran". The terminal shows it if one of them failed, or with `--verbose`;
//! JUnit has it in the suite `hooks`, Cucumber Messages in an attachment of the run. To see what each scenario prints,
//! write it to the log, or run the scenarios in processes.
//!
//! While only one scenario runs (with `-j 1`, with [`@serial`](super::scheduling), or as the last one of a run)
//! its output is part of its steps. That includes what tasks of the suite and threads that outlive their
//! scenario print meanwhile. An abandoned thread counts as a running scenario until it returns.
//!
//! # Scenarios in processes
//!
//! With `--isolation process`, or `isolation = "process"` in the section `[run]` of `harmony.toml`, the scenarios run in
//! as many processes as there are jobs, and each process runs one scenario at a time. So what a scenario prints is
//! its own, also by its threads, its tasks and its child processes, in every report. The costs and benefits:
//!
//! - A scenario that ends its process (an abort, a stack overflow, `process::exit`) fails, with what its step printed
//!   before, and may be retried. The other scenarios run: another process takes over. With threads the run ends there.
//! - A process in which a step was abandoned ends after that scenario, with the thread that hangs.
//! - Each process starts this program again, with the same arguments. It reads the feature files, and has its own
//!   fixtures of features and of the suite and its own statics. The hooks of the suite run in each process, and those
//!   of a feature in each process that runs one of its scenarios; the hooks after it run when that process ends, unless
//!   it has run all its scenarios. With `--parallel features` one process runs all scenarios of a feature, unless one of
//!   them ends it, is retried with a delay or waits for a lock.
//! - The schedule, retries, `--fail-fast`, Ctrl-C and the reports are those of threads.
//! - Standard input is empty. `--no-capture` and `--resources` are refused.
//! - The `main` of the program must be that of [`main!`](crate::main) or [`test_main!`](crate::test_main). A program
//!   that calls [`run_with`](crate::cli::run_with) is refused, since what else its `main` does would happen again.
//!
//! nextest runs each scenario of a [`test_main!`](crate::test_main) target in a separate process anyway.
//!
//! ```toml
//! # harmony.toml
//! [run]
//! isolation = "process"
//! jobs = 4
//! ```
