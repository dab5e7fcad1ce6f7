//! What the steps of a scenario share.
//!
//! A step that takes `&T` or `&mut T` gets the scenario's one value of that type. It is made when
//! the first step asks for it and dropped at the end of the scenario, last made first, also after
//! a failure. Scenarios that run at once never share it. A crate of steps therefore needs to know
//! nothing of the suites that link it.
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
//! `#[fixture]` makes what `Default` cannot: from other states, with `async`, or with an error.
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
//! `scope = feature` and `scope = suite` make one value for all scenarios of a feature or of the
//! run. Scenarios may run at once, so the type must be `Send + Sync` and steps take it by `&`.
//! A wide scope cannot be made from a narrower one.
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
//! #[given("a port of its own")]
//! fn port(ports: &Ports) {
//!     let port = ports.0.fetch_add(1, Ordering::Relaxed);
//!     assert!(port >= 4000);
//! }
//! ```
//!
//! # In the place of a `Default`
//!
//! For a type that has a `Default`, also one of another crate, the fixture says that it knows:
//!
//! ```
//! use harmony_bdd::fixture;
//!
//! #[derive(Default)]
//! struct Settings { port: u16 }
//!
//! #[fixture(instead_of_default)]
//! fn settings() -> Settings {
//!     Settings { port: 8080 }
//! }
//! # assert_eq!(settings().port, 8080);
//! ```
