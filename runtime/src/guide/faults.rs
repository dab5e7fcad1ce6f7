//! Faults: what the processes of a scenario do while others are killed, paused and delayed.
//!
//! `SUITE harmony --chaos SEED` runs each scenario again and again, a hundred times unless `--schedules N` says
//! otherwise. Each run has its own seed, `SEED`, `SEED + 1` and so on, and suffers one to three *faults*: at random
//! moments before and during its steps. A word in place of the number, `random`, chooses the first seed.
//!
//! ```text
//! $ SUITE harmony --platforms rust --chaos 1 --schedules 100 features/15-Faults.feature
//! …
//!     3.147 s ✓ 15.1 - A reader survives its writer [reader=rust, writer=rust] seed 9
//! …
//! faults of seeds 1 to 100: 434 kills, 231 pauses, 376 delays; 152 without effect, since a process or the scenario had ended
//! ```
//!
//! | fault | what happens | when |
//! |---|---|---|
//! | kill | the first process of a role gets SIGKILL; at least one role of the scenario is spared | before a step, or 10 µs to 300 ms after it was sent |
//! | pause | SIGSTOP, and SIGCONT after 0.5 ms to 1 s | the same |
//! | delay | a step is sent to the role 0.5 ms to 1 s later | before a step of the role |
//!
//! If the step has ended by then, the fault strikes at its end. Faults strike only after all
//! processes are ready, and a role that the scenario itself pauses is not paused by a fault.
//!
//! # What fails
//!
//! After a fault the scenario goes on without the steps of the process that was killed; `-v` shows them as not
//! executed, and each fault as a line in the log of its step. These are failures, whatever the scenario says:
//!
//! - a process that is left does not answer within the time limit of the step, `--step-timeout`, or exceeds its
//!   own limit;
//! - a process that no fault killed ends;
//! - a process writes what is not a valid response, or fails a step and gives no reason;
//! - a step fails before the first fault.
//!
//! A step that fails with a clear error after a fault ends the scenario. It is reported as skipped, with the error,
//! unless the scenario says that it survives each fault that struck: then it is a failure. Tags say so:
//!
//! ```gherkin
//! @survives(kill:writer,pause,delay)
//! Scenario: A reader survives its writer
//!   Given the 'reader' process creates a buffer
//!   When the 'writer' process starts writing '3000' frames
//!   Then the 'reader' process reads the stream intact to its end
//! ```
//!
//! `kill`, `pause` and `delay` are for all roles; `kill:writer` is for one. There may be several tags, also on the
//! feature. A misspelt fault or role is an error.
//!
//! A wrong result is an error of a step like any other, so checks of results belong in scenarios that survive:
//! with steps which accept each end that the words of the scenario allow, and no other. *The stream is intact to its end* is
//! true for a whole stream and for the begin of a dead writer's; *3000 frames have arrived* is not.
//!
//! # A failure again
//!
//! The failure lists the faults of its seed, and a command reruns them:
//!
//! ```text
//!    = log: error the faults of seed 12:
//!    |       kill 'writer' before step 7
//!    = rerun: SUITE harmony --combo reader=rust,writer=rust --chaos 12 --schedules 1 features/15-Faults.feature:25
//! ```
//!
//! The faults of a run depend on its seed, the name of the scenario, its roles and the targets of its steps, and
//! not on the platforms. They are the same in every run and on every machine. The processes are not: when
//! two of them do something at the same moment, several runs with one seed can end differently.
//!
//! # In reports
//!
//! Every run is a separate scenario in all reports, with its seed in its name. The timeline shows when a
//! process was killed, paused and resumed. `--chaos` requires strict mode and excludes `--matrix`, and
//! platforms with a `wrapper`: a kill would not surely reach the process behind it.
