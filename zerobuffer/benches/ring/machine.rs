//! The state of the machine around a sample: how far apart the CPUs are, who else uses them.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::Pid;

/// Up to here a line moves between the caches of one CPU package; above, through the host's.
pub(crate) const NEAR_NANOS: f64 = 90.0;

/// Pins the calling thread to one CPU; `false` if that CPU does not exist.
pub(crate) fn pin(cpu: usize) -> bool {
    let mut set = CpuSet::new();
    set.set(cpu).is_ok() && sched_setaffinity(Pid::from_raw(0), &set).is_ok()
}

/// Returns whether threads of this process may run on that CPU.
pub(crate) fn pin_is_possible(cpu: usize) -> bool {
    std::thread::spawn(move || pin(cpu)).join().is_ok_and(|pinned| pinned)
}

/// Time in nanoseconds that a pair of cache lines takes one way between two CPUs: the median of
/// short trials. Infinite if others keep the CPUs so busy that the two threads hardly meet.
pub(crate) fn distance() -> f64 {
    const TRIALS: usize = 9;
    const TURNS: u64 = 500;
    const SAMPLE_TIMEOUT: Duration = Duration::from_millis(30);
    #[repr(align(128))]
    struct Line(AtomicU64);
    let lines = [Line(AtomicU64::new(0)), Line(AtomicU64::new(0))];
    let [ping, pong] = &lines;
    let ended = AtomicBool::new(false);
    let mut trials = std::thread::scope(|scope| {
        scope.spawn(|| {
            pin(1);
            let mut turn = 1;
            while !ended.load(Ordering::Relaxed) {
                // Acquire and Release: each turn follows the other's.
                if ping.0.load(Ordering::Acquire) == turn {
                    pong.0.store(turn, Ordering::Release);
                    turn += 1;
                }
                std::hint::spin_loop();
            }
        });
        let other = scope.spawn(|| {
            pin(0);
            let deadline = Instant::now() + SAMPLE_TIMEOUT;
            let (mut turn, mut trials) = (0, vec![]);
            while trials.len() < TRIALS && Instant::now() < deadline {
                let began = Instant::now();
                for _ in 0..TURNS {
                    turn += 1;
                    ping.0.store(turn, Ordering::Release);
                    let mut polls = 0_u32;
                    while pong.0.load(Ordering::Acquire) != turn {
                        polls += 1;
                        if polls.is_multiple_of(1 << 12) && Instant::now() > deadline {
                            break;
                        }
                    }
                }
                trials.push(began.elapsed().as_nanos() as f64 / (2 * TURNS) as f64);
            }
            ended.store(true, Ordering::Relaxed);
            trials
        });
        other.join().expect("a probe")
    });
    trials.sort_by(f64::total_cmp);
    if trials.len() < TRIALS { f64::INFINITY } else { trials[TRIALS / 2] }
}

/// Name and features of the processor.
pub(crate) fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |key: &str| {
        let line = info.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let name = field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let number = |key| field(key).unwrap_or_default();
    let flags = field("flags").unwrap_or_default();
    let known = ["erms", "fsrm", "avx2", "avx512f"];
    let known: Vec<_> =
        known.into_iter().filter(|flag| flags.split(' ').any(|word| word == *flag)).collect();
    format!(
        "{name} (family {}, model {}; {})",
        number("cpu family"),
        number("model\t"),
        known.join(" ")
    )
}

/// CPU time of all and of this process with its children, at one moment.
pub(crate) struct Load {
    began: Instant,
    busy: f64,
    own: f64,
    cpus: f64,
}

impl Load {
    pub(crate) fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let total = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> =
            total.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        // user nice system idle iowait irq softirq steal; steal is the host's and foreign too.
        let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|&i| ticks.get(i)).sum::<f64>() / 100.0;
        let own = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN]
            .into_iter()
            .filter_map(|who| getrusage(who).ok())
            .map(|usage| {
                (usage.user_time().num_microseconds() + usage.system_time().num_microseconds())
                    as f64
                    / 1e6
            })
            .sum();
        let cpus = stat.lines().filter(|line| line.starts_with("cpu")).count() as f64 - 1.0;
        Self { began: Instant::now(), busy, own, cpus: cpus.max(1.0) }
    }

    /// Share of the CPUs that others have used since, 0 to 1.
    pub(crate) fn foreign_share(&self) -> f64 {
        let now = Self::now();
        let foreign = (now.busy - self.busy) - (now.own - self.own);
        (foreign / ((now.began - self.began).as_secs_f64() * self.cpus)).clamp(0.0, 1.0)
    }
}
