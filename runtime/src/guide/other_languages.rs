//! For users of the Harmony runner and serve processes of other languages.
//!
//! The protocol, the feature files and `harmony-config.json` are the same. This page lists what to write into
//! the configuration, and the differences between the runners.
//!
//! # A Rust serve under the C# runner
//!
//! The C# runner needs an absolute path in `executable`, `arguments` as one string, and a
//! `workingDirectory` that exists. It looks up no program in `PATH`.
//!
//! ```json
//! {
//!   "platforms": {
//!     "rust": {
//!       "executable": "/home/me/suite/target/release/suite",
//!       "arguments": "serve",
//!       "workingDirectory": "/home/me/suite"
//!     }
//!   }
//! }
//! ```
//!
//! `SUITE serve` answers `health` at once, matches steps by their text alone, ends at the end of its input, and
//! keeps to the time limit of a step.
//!
//! # Serves of other languages under this runner
//!
//! Paths are relative to the configuration file; adjust them to where the serves were built.
//!
//! ```json
//! {
//!   "platforms": {
//!     "python": {
//!       "executable": "python3",
//!       "arguments": ["-m", "zerobuffer_serve"],
//!       "workingDirectory": "python"
//!     },
//!     "csharp": {
//!       "executable": "dotnet",
//!       "arguments": ["ZeroBuffer.Serve.dll"],
//!       "workingDirectory": "csharp/out"
//!     },
//!     "cpp": {
//!       "executable": "cpp/build/zerobuffer-serve",
//!       "environmentVariables": { "ZEROBUFFER_LOG_LEVEL": "INFO" }
//!     }
//!   }
//! }
//! ```
//!
//! The Python serve needs the package `posix-ipc`. `SUITE check --platforms python,csharp,cpp` starts each serve
//! once and lists what it supports; see [`guide::processes`](crate::guide::processes).
//!
//! # Names of what processes share
//!
//! Processes of one scenario find each other by names, and scenarios that run at the same time must not share them. All
//! implementations add two numbers to each name in a step, which the runner puts into the environment:
//!
//! ```
//! fn shared_name(name: &str) -> String {
//!     match (std::env::var("HARMONY_HOST_PID"), std::env::var("HARMONY_FEATURE_ID")) {
//!         (Ok(host), Ok(feature)) => format!("{name}_{host}_{feature}"),
//!         // Without a runner there is one process.
//!         _ => name.to_owned(),
//!     }
//! }
//! ```
//!
//! # What each can run
//!
//! Of 56 scenarios with two roles, so many passed under the C# runner in each combination. Every scenario that
//! a serve passes alone passes with the Rust serve in either role; the others lack steps.
//!
//! | first role | second role Rust | C# | C++ |
//! |---|---|---|---|
//! | Rust | 51 | 17 | 12 |
//! | C# | 21 | 13 | 9 |
//! | C++ | 13 | 8 | 8 |
//!
//! # Differences between the runners
//!
//! `--mode compat` behaves exactly like the C# runner. The default mode, `strict`, does what the words say:
//!
//! | | compat, and the C# runner | strict |
//! |---|---|---|
//! | `is killed` | closes the input; the process ends in order | SIGKILL |
//! | `a new 'reader' process`, `a second …` | an ordinary step | starts a process |
//! | `is paused`, `is resumed` | an ordinary step | SIGSTOP, SIGCONT |
//! | outlines | run once, with their placeholders | one scenario for each row |
//! | rules | are not run | are run |
//! | tables, doc strings | are left out | are sent to serves that announce them |
//! | values that a step returns in its context | are dropped | are sent with the later steps |
//! | a serve that does not respond | waits for ever in the C# runner; a time limit here | time limit |
//! | a step that a serve lacks | fails | is reported as unsupported |
