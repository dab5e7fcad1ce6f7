//! State shared by the steps of a scenario.
//!
//! A step that takes `&T` or `&mut T` receives the scenario's only value of that type. It is created when
//! first requested and dropped, in reverse order, at the end of the scenario, even after a failure.
//! Scenarios that run in parallel never share it. Step crates are therefore independent of the suites that
//! link them.
//!
//! ```
//! use harmony_bdd::{given, then};
//!
//! #[derive(Default)]
//! struct Basket { apples: u32 }
//!
//! #[given(expr = "{int} apple(s)")]
//! fn apples(basket: &mut Basket, count: u32) {
//!     basket.apples += count;
//! }
//!
//! #[then(expr = "there are {int} apples")]
//! fn there_are(basket: &Basket, count: u32) {
//!     assert_eq!(basket.apples, count);
//! }
//! # let mut basket = Basket::default();
//! # apples(&mut basket, 2);
//! # there_are(&basket, 2);
//! ```
//!
//! # Fixtures
//!
//! `#[fixture]` builds state that `Default` cannot: from other state, asynchronously, or fallibly.
//!
//! ```
//! use harmony_bdd::{fixture, given};
//!
//! #[derive(Default)]
//! struct Settings { port: u16 }
//!
//! struct Server(std::net::TcpListener);
//!
//! #[fixture]
//! async fn server(settings: &Settings) -> std::io::Result<Server> {
//!     std::net::TcpListener::bind(("127.0.0.1", settings.port)).map(Server)
//! }
//!
//! #[given("a server")]
//! fn a_server(server: &Server) -> std::io::Result<()> {
//!     server.0.local_addr().map(drop)
//! }
//! ```
//!
//! # Scopes
//!
//! `scope = feature` and `scope = suite` create one value for all scenarios of a feature or of the run.
//! Scenarios may run in parallel, so the type must be `Send + Sync` and steps take it by `&`. A fixture
//! cannot depend on a narrower scope. [`tasks`](super::tasks) describes where they run and what happens if they
//! fail.
//!
//! ```
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use harmony_bdd::{fixture, given};
//!
//! struct Ports(AtomicU32);
//!
//! #[fixture(scope = suite)]
//! fn ports() -> Ports {
//!     Ports(AtomicU32::new(4000))
//! }
//!
//! #[given("an unused port")]
//! fn port(ports: &Ports) {
//!     let port = ports.0.fetch_add(1, Ordering::Relaxed);
//!     assert!(port >= 4000);
//! }
//! ```
//!
//! # Overriding `Default`
//!
//! For a type that implements `Default`, even one from another crate, mark the fixture explicitly:
//!
//! ```
//! use harmony_bdd::fixture;
//!
//! #[derive(Default)]
//! struct Settings { port: u16 }
//!
//! #[fixture(override_default)]
//! fn settings() -> Settings {
//!     Settings { port: 8080 }
//! }
//! # assert_eq!(settings().port, 8080);
//! ```
