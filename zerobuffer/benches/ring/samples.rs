//! The samples, their order and their processes.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::driver::{Job, Workload};
use crate::machine::{self, Load, NEAR_NANOS};
use crate::python_environment::python;
use crate::remove_files;
use crate::results::{Results, Sample};
use crate::transports::make_fifo;

const KIB: usize = 1024;
pub(crate) const LENGTHS: [usize; 5] = [64, KIB, 64 * KIB, KIB * KIB, 6 * KIB * KIB];
pub(crate) const TRANSPORTS: [&str; 7] =
    ["bare ring", "zerobuffer", "zerobuffer asleep", "memcpy", "pipe", "socket", "python"];

/// A sample with more load of others than this is taken once more.
pub(crate) const MAX_FOREIGN_LOAD: f64 = 0.12;
/// No sample takes so long unless it hangs.
const SAMPLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Samples to take.
pub(crate) struct Plan {
    rounds: usize,
    time: Duration,
    lengths: Vec<usize>,
    transports: Vec<String>,
    rival: Option<PathBuf>,
    cpus: [usize; 2],
}

impl Plan {
    pub(crate) fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let value = |option: &str| {
            let at = arguments.iter().position(|argument| argument == option)?;
            arguments.get(at + 1).cloned()
        };
        let bench = arguments.iter().any(|argument| argument == "--bench");
        let number = |option, bench_default, test_default| {
            let default = if bench { bench_default } else { test_default };
            value(option).map_or(default, |text| text.parse().expect("a number"))
        };
        let rival = std::env::var("ZEROBUFFER_BENCH_RIVAL").ok();
        let rival = rival.as_deref().and_then(|rival| rival.split_once('='));
        let mut transports: Vec<String> = TRANSPORTS.map(str::to_owned).into();
        transports.extend(rival.map(|(name, _)| name.to_owned()));
        if let Some(only) = value("--only") {
            let only: Vec<&str> = only.split(',').collect();
            transports.retain(|transport| only.contains(&transport.as_str()));
        } else if !bench {
            transports.retain(|transport| transport != "python");
        }
        if python_is_missing(&transports) {
            transports.retain(|transport| transport != "python");
        }
        let lengths = match value("--lengths") {
            Some(list) => list.split(',').map(|n| n.parse().expect("a length")).collect(),
            None => LENGTHS[..if bench { 5 } else { 3 }].to_vec(),
        };
        Self {
            rounds: number("--rounds", 5, 1) as usize,
            time: Duration::from_millis(number("--millis", 200, 5)),
            lengths,
            transports,
            rival: rival.map(|(_, program)| program.into()),
            cpus: if machine::pin_is_possible(1) { [0, 1] } else { [0, 0] },
        }
    }

    pub(crate) fn run(&self, results: &mut Results) {
        for round in 0..self.rounds {
            // A B C, then C B A.
            let mut transports = self.transports.clone();
            if round % 2 == 1 {
                transports.reverse();
            }
            for &len in &self.lengths {
                for test in ["copy", "loan", "trip"] {
                    for transport in &transports {
                        self.take(results, test, transport, len, self.cpus);
                    }
                }
            }
            for transport in transports.iter().filter(|c| c.starts_with("zerobuffer")) {
                self.take(results, "one CPU", transport, 64, [0, 0]);
            }
        }
    }

    /// Takes one sample, once more if others were too busy.
    fn take(
        &self,
        results: &mut Results,
        test: &str,
        transport: &str,
        len: usize,
        cpus: [usize; 2],
    ) {
        let lends = transport.starts_with("zerobuffer") || transport == "bare ring";
        let possible = match (test, transport) {
            ("copy", _) => true,
            ("loan", "memcpy") => false,
            ("loan", _) => lends || self.is_rival(transport),
            (_, "memcpy") => false,
            // A round trip of 6 MiB adds nothing to the copy.
            _ => len <= KIB * KIB,
        };
        if !possible {
            return;
        }
        for attempt in 0..2 {
            let sample = self.sample(test, transport, len, cpus);
            let busy = sample.as_ref().is_some_and(|sample| sample.foreign > MAX_FOREIGN_LOAD);
            if !busy || attempt == 1 {
                results.add(test, transport, len, sample);
                return;
            }
        }
    }

    fn is_rival(&self, transport: &str) -> bool {
        !TRANSPORTS.contains(&transport)
    }

    fn sample(&self, test: &str, transport: &str, len: usize, cpus: [usize; 2]) -> Option<Sample> {
        let roles: &[&str] = match (test, transport) {
            (_, "memcpy") => &["memcpy"],
            ("copy" | "loan", _) => &["consumer", "producer"],
            _ => &["server", "client"],
        };
        let name = self.job("", "", "", 0, cpus).name;
        let jobs = roles.iter().map(|role| {
            let cpus = if *role == "memcpy" { [0, 0] } else { cpus };
            Job { name: name.clone(), ..self.job(role, transport, test, len, cpus) }
        });
        if transport == "pipe" {
            for end in ["a", "b"] {
                make_fifo(&std::env::temp_dir().join(format!("{name}-{end}")));
            }
        }
        let before = machine::distance();
        let load = Load::now();
        let children = jobs.map(|job| self.start(&job)).collect();
        let words = finish(children);
        let foreign = load.foreign_share();
        let distance = before.max(machine::distance());
        remove_files(&name);
        let values: Vec<f64> =
            words?.split_whitespace().map(|word| word.parse().unwrap()).collect();
        (!values.is_empty()).then_some(Sample {
            values,
            foreign,
            near: distance <= NEAR_NANOS,
            distance,
        })
    }

    fn job(&self, role: &str, transport: &str, test: &str, len: usize, cpus: [usize; 2]) -> Job {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Job {
            role: role.into(),
            transport: transport.into(),
            workload: if test == "loan" { Workload::Loan } else { Workload::Copy },
            len,
            ring: (256 * KIB).max(4 * (len + 16)),
            name: format!("zb-bench-{}-{count}", std::process::id()),
            time: self.time,
            cpu: cpus[usize::from(["consumer", "server"].contains(&role))],
        }
    }

    fn start(&self, job: &Job) -> Child {
        let mut command = if job.transport == "python" {
            let mut command = Command::new(python("the Python peer").unwrap());
            command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ring/python_peer.py"));
            command
        } else if self.is_rival(&job.transport) {
            Command::new(self.rival.as_ref().unwrap())
        } else {
            Command::new(std::env::current_exe().unwrap())
        };
        command.args(job.arguments()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
    }
}

fn python_is_missing(transports: &[String]) -> bool {
    transports.iter().any(|transport| transport == "python") && python("the Python peer").is_none()
}

/// Returns the output of all children; `None` if one failed or hung.
fn finish(mut children: Vec<Child>) -> Option<String> {
    let began = Instant::now();
    let mut succeeded = true;
    loop {
        let states: Vec<_> = children.iter_mut().map(|child| child.try_wait().unwrap()).collect();
        succeeded &= states.iter().flatten().all(std::process::ExitStatus::success);
        if states.iter().all(Option::is_some) {
            break;
        }
        if !succeeded || began.elapsed() > SAMPLE_TIMEOUT {
            succeeded = false;
            for child in &mut children {
                let _ = child.kill();
                let _ = child.wait();
            }
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut words = String::new();
    for child in &mut children {
        child.stdout.take().unwrap().read_to_string(&mut words).unwrap();
    }
    succeeded.then_some(words)
}
