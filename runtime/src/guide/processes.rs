//! Running scenarios across processes: roles, platforms and combinations.
//!
//! `SUITE harmony` starts one serve process for each role that a scenario names, such as `the 'reader'
//! process`, and sends each step to the process of its role. A *platform* is how the serve process of one
//! implementation is started; a *combination* is one platform for each role.
//!
//! # Platforms
//!
//! `harmony-config.json`, in the current folder or in that of the package, configures platforms.
//! `HARMONY_CONFIG_PATH` names another file. The platform `rust` is this program unless the file defines
//! it; the runner warns if the file names an older build of this program.
//!
//! ```json
//! {
//!   "platforms": {
//!     "python": {
//!       "executable": "python3",
//!       "arguments": ["-m", "zerobuffer_serve"],
//!       "stepTimeoutMs": 60000
//!     }
//!   }
//! }
//! ```
//!
//! | key of a platform | value |
//! |---|---|
//! | `executable` | a path relative to the file, or a program in `PATH` |
//! | `arguments` | a string that is split as .NET splits it, or an array of strings |
//! | `workingDirectory` | a folder relative to the file |
//! | `wrapper` | a program and its arguments that start the executable, see [below](#wrappers) |
//! | `environmentVariables` | an object of strings |
//! | `stepTimeoutMs`, `startTimeoutMs` | the time limits of a step, and from the start to the first response |
//!
//! A misspelt key is an error with a suggestion; other unknown keys are ignored.
//!
//! # Roles
//!
//! `roles` sets what the process of one role needs on every platform. It overrides the platform:
//!
//! ```json
//! {
//!   "platforms": {"python": {"executable": "python3", "arguments": "-m zerobuffer_serve"}},
//!   "roles": {
//!     "reader": {
//!       "workingDirectory": "data",
//!       "environmentVariables": {"LOG_LEVEL": "debug"}
//!     }
//!   }
//! }
//! ```
//!
//! | key of a role | value |
//! |---|---|
//! | `workingDirectory` | a folder relative to the file; it replaces that of the platform |
//! | `environmentVariables` | an object of strings, in addition to those of the platform |
//! | `wrapper` | a program and its arguments; it replaces that of the platform |
//!
//! Any other key is an error, as is a role that resembles one of the selected scenarios, such as `raeder`.
//!
//! # Wrappers
//!
//! A wrapper starts the process of a platform or a role somewhere else: on another machine, in a container, in
//! a namespace. The command is the words of the wrapper, the executable and its arguments:
//!
//! ```json
//! {
//!   "platforms": {
//!     "remote": {"executable": "/opt/suite", "arguments": ["serve"], "wrapper": ["ssh", "-T", "host"]},
//!     "container": {"executable": "suite", "arguments": ["serve"], "wrapper": ["docker", "exec", "-i", "c"]}
//!   },
//!   "roles": {"writer": {"wrapper": ["ip", "netns", "exec", "b"]}}
//! }
//! ```
//!
//! - The wrapper must pass standard input and output on unchanged, end when the process ends, and ask no
//!   questions. `ssh` joins the words to one line for a shell, so quote words with blanks once more.
//! - With a wrapper of its platform the executable need not exist on this machine.
//! - `workingDirectory` and `environmentVariables` are those of the wrapper. `ssh` and `docker exec` do not pass
//!   them on. The numbers of shared memory are in `initialize` too, and a serve of this implementation takes
//!   them from there if its environment has none.
//! - A process that runs on this machine, such as one in a namespace, is killed by SIGKILL like any other. A
//!   process that the runner cannot see there is asked by `crash`, then by `shutdown`; the end of the wrapper
//!   shows that it ended. If the wrapper goes on, the step fails: the process may still run. At the end of the
//!   scenario such a process is reported as out of reach.
//! - A process out of reach cannot be paused. Process ids and measured resources are those of the wrapper.
//!
//! # Combinations
//!
//! Without an option every scenario runs in every combination of all platforms.
//!
//! | option | meaning |
//! |---|---|
//! | `--platforms rust,python` | every combination of these |
//! | `--combo reader=rust,writer=python` | one combination; other roles get the first platform |
//! | `rust_python` | short form, in the order of the sorted role names |
//!
//! A role or a platform that does not exist is an error. The rerun line of a failure and the rerun file
//! contain the combination, and `--rerun FILE` runs only the combinations that failed.
//!
//! # Steps that the runner executes
//!
//! | step | meaning |
//! |---|---|
//! | `wait for '2' seconds` | the runner waits |
//! | `the 'reader' process is killed` | SIGKILL |
//! | `the 'reader' process crashes`, `is shutdown` | the process is asked to crash, or to shut down |
//! | `the 'reader' process is paused`, `is resumed` | SIGSTOP and SIGCONT; a step for a paused process fails at once |
//! | `a new 'reader' process …` | a new process replaces the one of the role |
//! | `a second 'reader' process …` | another process of the role |
//!
//! They act in given and when steps; a then step with such words goes to the process. In compat mode the
//! reference runner's rules apply: it neither pauses nor starts processes, and kills by closing the input.
//!
//! [`faults`](super::faults) is about processes that are killed, paused and delayed at random.
//!
//! # Results
//!
//! A scenario with a step that a process of another implementation lacks or declines is *unsupported*: one line
//! with the reason. The run fails by it unless `--accept-peer-limits` is set. A process of this
//! implementation has no such excuse. If a scenario ran in several combinations, a matrix follows the summary;
//! `--matrix FILE` writes it with all reasons, as JSON if the name ends in `.json`.
//!
//! # The end of a run
//!
//! Every process has ended when the run ends, also after Ctrl-C, SIGTERM and SIGHUP: those that ignore the end
//! of their input, and those that a serve process started, even if they left their group, their parent and
//! their environment. Only SIGKILL of the runner leaves processes that ignore the end of their input.
//!
//! Shared resources have two numbers in their names, the host's and the feature's:
//! [`StepContext::run_numbers`](crate::StepContext::run_numbers). They are different for each scenario that runs
//! at the same time, also of runs in other pid namespaces with the same `/dev/shm`: the host's number is made of
//! the process id, the pid namespace and a random number of the run. A process gets them in its environment and
//! in `initialize`; a serve of this implementation takes those of `initialize` if its environment has none.
//!
//! A runner in a pid namespace that still has the `/proc` of another one (`unshare --pid` without `--mount-proc`)
//! ends its processes and their groups, and cannot find those that left their group.
//!
//! Under `nohup` a run goes on without its terminal.
//!
//! # What the processes did
//!
//! `--logs DIR` writes a file for each process: `DIR/FEATURE/LINE-SCENARIO/COMBINATION/ROLE.log`, and
//! `ROLE.2.log` for a process that replaces another one. Each line has the seconds since the start of the run,
//! a kind and a text:
//!
//! | kind | text |
//! |---|---|
//! | `started` | the process id and the command |
//! | `ready`, `paused`, `resumed`, `killed`, `asked to crash`, `asked to shut down` | nothing |
//! | `exited` | the exit code or the signal |
//! | `->`, `<-` | a message to the process, or from it, without its log and its context |
//! | `error`, `warn`, `info`, `debug`, `trace` | a record of the log that came with the result of a step |
//! | `stderr` | a line of standard error, up to 64 KiB |
//!
//! `--trace FILE` writes the whole messages of all processes to one file of JSON lines:
//!
//! | member | value |
//! |---|---|
//! | `t_ms` | the time since the start of the run, in ms |
//! | `scenario`, `process`, `platform`, `pid` | the process; the scenario has its combination in its name |
//! | `dir` and `body` | `->` for a message to the process, `<-` for one from it, and the message; anything else than JSON is a string |
//! | `event` and `detail` | instead of `dir` and `body`: a kind of the table above from `started` to `exited`, or `stderr`, and its text |
//!
//! The timeline (`--report timeline=FILE`) shows the same events on the lane of each process, and the time from
//! its start to its first step as a bar; `--report trace=FILE` has that time and pauses as spans. A step begins
//! when its processes are ready: its duration does not contain their start.
//!
//! # Replaying a conversation
//!
//! `SUITE harmony replay TRACE --role reader` starts the process of one role for each conversation that the
//! trace has of it, sends the recorded requests in their order, each after the replies that were recorded
//! before it, and compares the replies. `--scenario TEXT` chooses scenarios by words of their names, and
//! `--platform NAME` another platform than the recorded one. The exit code is 0 if all replies are as
//! recorded, and 1 if not.
//!
//! ```text
//! ✗ Test 1.1 [reader=rust, writer=rust], reader (rust): 6 replies, 1 differs
//!   executeStep: the 'reader' process creates buffer 'test' (id 5)
//!     success
//!       - true
//!       + false
//!     error
//!       - nothing
//!       + "cannot create the buffer"
//! ```
//!
//! | reply to | what is compared |
//! |---|---|
//! | `executeStep` | `success`, `error`, each value of `context`, and each other member; `data` only if both replies have it |
//! | `discover` | the capabilities, and that no recorded definition is missing |
//! | other requests | the result |
//! | all | errors by `code` and `message`; a missing reply, an invalid one, and the death of the process |
//!
//! What differs from run to run is not compared: `logs`, members whose names contain `duration`, `elapsed` or
//! `timestamp` or end in `Ms`, and in texts times, process ids, addresses and the numbers of shared memory.
//! The process gets other numbers. Members are compared in any case, `null` is the same as a missing
//! member.
//!
//! The other roles have no process, so a step that waits for one of them fails in the replay.
//!
//! # Debugging a process
//!
//! `--debug ROLE` lets each process of one role wait before the first message to it. The runner prints the
//! process id on standard error, and goes on once a debugger is attached or a line arrives on standard input,
//! such as Enter. The role has no deadlines: neither those of the runner nor, in a process of this
//! implementation, those of its steps. Scenarios run one at a time. Only Linux reports that a debugger is
//! attached.
//!
//! ```text
//! $ cargo run -- harmony rust_python 1.1 --debug reader
//! the 'reader' process (rust, pid 4711) waits for a debugger:
//!     gdb -p 4711
//! The scenario goes on once a debugger is attached, or after Enter.
//! ```
//!
//! # Looking at a failure
//!
//! `--keep-on-failure` leaves the processes and the shared memory of the first scenario that fails, and prints
//! the process ids and the commands that end and remove them. The processes wait for the next step: their
//! standard input stays open, held by a `sleep` in the group of each process. The other scenarios go on; in
//! compat mode, where they would use the same names, none starts any more.
//!
//! # Before a run
//!
//! `SUITE check` warns of a role that one step alone names and that resembles another one
//! (`suspicious-role`). `SUITE check --platforms rust,python` starts each platform once, and lists the steps
//! that it lacks, the rules of the protocol that its serve breaks, and how many scenarios each combination
//! supports. `SUITE check --mode compat` reports what
//! the reference runner reads differently: outlines, rules and keywords that are not English.
//!
//! # Writing a serve
//!
//! `runtime/docs/book/src/protocol.md` in the repository describes the frames, the requests and their results, for a
//! serve in any language. The runner is as strict as the reference runner: output that breaks a rule of the protocol fails the
//! step, and the failure names the rule. `--lenient` turns these failures into warnings in the log of the
//! step, which `-v` shows. A trace that cannot be written is an error after the run.
