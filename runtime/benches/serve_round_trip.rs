//! The cost of a step over pipes, against a bare ping-pong of the same sizes in the same run.
//!
//! `cargo bench -p harmony-bdd --bench serve_round_trip` prints medians and their ratio, once with
//! both ends on one CPU and once with each on its own, and the time from start to first health
//! reply. Left to itself the system keeps one pair together and parts the other, and then it is the
//! wake-up of a CPU that is measured. `-- --million` sends a million steps through one process
//! and prints its memory and open files on the way.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and dies of what fails"
)]

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use harmony_bdd::engine::Registry;
use harmony_bdd::given;
use harmony_bdd::harmony::serve::{ServeOptions, run_stdio};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The CPU that a process of the bench stays on.
const CPU: &str = "HARMONY_BDD_BENCH_CPU";
const PLAY: &str = "HARMONY_BDD_BENCH_PLAY";

const ROUNDS: usize = 100;
const CALLS: usize = 200;
const STARTS: usize = 50;

#[given(regex = r"the '(\w+)' process does nothing")]
fn nothing(_process: &str) {}

fn main() -> ExitCode {
    if let Ok(cpu) = std::env::var(CPU) {
        stay_on(cpu.parse().unwrap());
    }
    match std::env::var(PLAY).as_deref() {
        Ok("serve") => run_stdio(Registry::collect().unwrap(), ServeOptions::default()),
        Ok("echo") => echo(),
        _ if std::env::args().any(|a| a == "--million") => million(),
        _ => compare(),
    }
}

/// Takes so many bytes, answers so many, as the arguments say.
fn echo() -> ExitCode {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (mut request, reply) = (vec![0; sizes[0]], vec![b'x'; sizes[1]]);
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    while input.read_exact(&mut request).is_ok() {
        if output.write_all(&reply).and_then(|()| output.flush()).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

struct Peer {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Peer {
    fn start(play: &str, arguments: &[usize]) -> Self {
        Self::start_with(play, arguments, &[])
    }

    fn start_on(cpu: usize, play: &str, arguments: &[usize]) -> Self {
        Self::start_with(play, arguments, &[(CPU, cpu.to_string())])
    }

    fn start_with(play: &str, arguments: &[usize], environment: &[(&str, String)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(arguments.iter().map(ToString::to_string))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env(PLAY, play)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn call(&mut self, request: &[u8], reply: &mut [u8]) {
        self.input.as_mut().unwrap().write_all(request).unwrap();
        self.output.read_exact(reply).unwrap();
    }

    fn end(mut self) {
        self.input = None;
        self.child.wait().unwrap();
    }
}

fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn request() -> Vec<u8> {
    frame(
        r#"{"jsonrpc":"2.0","id":4,"method":"executeStep","params":[{"Process":"reader","StepType":0,"Step":"the 'reader' process does nothing","Parameters":{},"Context":{},"IsBroadcast":false}]}"#,
    )
}

fn expected_reply() -> Vec<u8> {
    frame(
        r#"{"jsonrpc":"2.0","id":4,"result":{"success":true,"error":null,"context":{},"logs":[]}}"#,
    )
}

fn compare() -> ExitCode {
    let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap();
    let cpus: Vec<usize> =
        (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap()).collect();
    for (words, child) in [("both on one CPU", 0), ("each on its own", 1)] {
        match cpus.get(child) {
            Some(&child) => compare_on(words, cpus[0], child),
            None => println!("{words}: there is but one CPU"),
        }
    }
    sched_setaffinity(Pid::from_raw(0), &allowed).unwrap();
    start_to_health();
    ExitCode::SUCCESS
}

fn stay_on(cpu: usize) {
    let mut set = CpuSet::new();
    set.set(cpu).unwrap();
    sched_setaffinity(Pid::from_raw(0), &set).unwrap();
}

fn compare_on(words: &str, here: usize, there: usize) {
    stay_on(here);
    let (request, expected) = (request(), expected_reply());
    let mut reply = vec![0; expected.len()];
    let mut serve = Peer::start_on(there, "serve", &[]);
    let mut bare = Peer::start_on(there, "echo", &[request.len(), expected.len()]);
    serve.call(&request, &mut reply);
    assert_eq!(reply, expected, "the serve end answers something else");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (peer, times) in [(&mut serve, &mut ours), (&mut bare, &mut theirs)] {
            for _ in 0..CALLS {
                let started = Instant::now();
                peer.call(&request, &mut reply);
                times.push(started.elapsed());
            }
        }
    }
    serve.end();
    bare.end();
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("{words}:");
    println!("  step over pipes   {ours:>10.1?}");
    println!("  bare ping-pong    {theirs:>10.1?}");
    println!("  ratio             {:>10.2}", ours.as_secs_f64() / theirs.as_secs_f64());
}

fn start_to_health() {
    let health = frame(r#"{"jsonrpc":"2.0","id":2,"method":"health","params":[]}"#);
    let mut answer = vec![0; frame(r#"{"jsonrpc":"2.0","id":2,"result":true}"#).len()];
    let mut starts: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let started = Instant::now();
            let mut peer = Peer::start("serve", &[]);
            peer.call(&health, &mut answer);
            let took = started.elapsed();
            peer.end();
            took
        })
        .collect();
    println!("start to health     {:>10.1?}", median(&mut starts));
}

fn million() -> ExitCode {
    let (request, expected) = (request(), expected_reply());
    let mut reply = vec![0; expected.len()];
    let mut serve = Peer::start("serve", &[]);
    for number in 0..=1_000_000 {
        serve.call(&request, &mut reply);
        if number % 100_000 == 0 {
            let process = format!("/proc/{}", serve.child.id());
            let status = fs::read_to_string(format!("{process}/status")).unwrap();
            let resident_bytes =
                status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or_default();
            let files = fs::read_dir(format!("{process}/fd")).unwrap().count();
            println!("{number:>8} steps  {resident_bytes}  {files} open files");
        }
    }
    serve.end();
    ExitCode::SUCCESS
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
