//! What works on Linux, macOS and Windows.
//!
//! Rust 1.89 or newer. The tests run on Linux. For macOS and Windows every merge checks that this crate and a suite
//! compile without warnings; the tests do not run there.
//!
//! | subject | Linux | macOS | Windows |
//! |---|---|---|---|
//! | steps, `run`, `check`, `fmt`, `steps`, `mutate`, `test_main!`, all reports | yes | yes | yes |
//! | output of a step in its failure | yes | yes | yes |
//! | `serve`, `harmony` | yes | yes | yes |
//! | `the 'reader' process is killed` | yes | yes | yes, by `taskkill` |
//! | `the 'reader' process is paused` | yes | yes | the step fails and names the platform |
//! | the end by Ctrl-C: after-hooks run, reports are written | yes | yes | yes |
//! | a step that ends the process (`exit`, `abort`, a stack overflow) | is the scenario's failure and ends the run, whose reports are complete | the same | the run ends with an exit code other than 0 and the reports that were written by then |
//! | the same with `--isolation process` | is the scenario's failure, with what its step printed; the others run | the same | the same, without what its step printed |
//! | `--watch` | the system reports changes | files are read every 200 ms | the same |
//! | keys of `--watch` | yes | yes | none: end it with Ctrl-C |
//! | `--resources`, resources in the timeline | yes | not measured | not measured |
//! | `harmony --keep-on-failure` | yes | yes | no process starts; the failure names the platform |
//! | `harmony --debug ROLE` | waits for a debugger or Enter | waits for Enter | the same |
//! | the process behind a `wrapper` | is found and killed, if it runs on this machine | is asked to end | the same |
//! | processes that a process of a role leaves behind | are ended | are ended if they did not leave its process group | are ended if their parents still run |
//! | a killed runner ends its processes | yes | they end when their input ends | the same |
//! | under a debugger | is noticed | set `HARMONY_SUPERVISOR=off` | works: a run is not supervised |
//! | a run under `nohup` | continues | ends with its terminal | |
//!
//! Other Unix systems are handled as macOS is, and are not checked. On targets that are neither Unix nor Windows,
//! such as WebAssembly, the crate does not compile.
//!
//! The ring `zerobuffer`, a separate crate, works on 64-bit Linux with glibc only; its documentation lists what a
//! port needs.
