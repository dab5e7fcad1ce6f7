//! Medians, spread and ratios of the samples; compares each result with its target.

use std::collections::{BTreeMap, BTreeSet};

use crate::machine;
use crate::samples::{LENGTHS, MAX_FOREIGN_LOAD, TRANSPORTS};

/// One measurement and the machine around it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Nanoseconds per frame; of round trips the 50th, 99th and 99.9th percentile.
    pub(crate) values: Vec<f64>,
    /// Share of the CPUs that others used.
    pub(crate) foreign: f64,
    /// True if the CPUs were near each other before and after.
    pub(crate) near: bool,
    /// Nanoseconds of a line one way, the larger of before and after.
    pub(crate) distance: f64,
}

/// Test, carrier, length.
type Cell = (String, String, usize);

/// All samples, in rounds; one that is missing is `None`.
#[derive(Default)]
pub(crate) struct Results {
    cells: BTreeMap<Cell, Vec<Option<Sample>>>,
    failed: BTreeSet<Cell>,
}

/// The samples of a cell that are judged.
struct Judged<'a> {
    samples: Vec<&'a Sample>,
    mark: &'static str,
}

impl Results {
    pub(crate) fn add(&mut self, test: &str, transport: &str, len: usize, sample: Option<Sample>) {
        let cell: Cell = (test.into(), transport.into(), len);
        if sample.is_none() {
            self.failed.insert(cell.clone());
        }
        self.cells.entry(cell).or_default().push(sample);
    }

    pub(crate) fn print(&self) {
        self.print_machine();
        println!("Marks: ~ other load above {MAX_FOREIGN_LOAD}, ! a sample failed");
        // Each state alone: a mixture says nothing about either.
        for near in [false, true] {
            let part = self.in_state(near);
            if part.cells.values().flatten().flatten().next().is_some() {
                println!("\n== CPUs {}", if near { "near" } else { "far" });
                part.print_state();
            }
        }
    }

    /// The samples of one state of the CPUs.
    fn in_state(&self, near: bool) -> Self {
        // A sample of the other state leaves a gap, so that rounds stay paired.
        let keep = |sample: &Option<Sample>| sample.clone().filter(|sample| sample.near == near);
        let cells =
            self.cells.iter().map(|(cell, all)| (cell.clone(), all.iter().map(keep).collect()));
        Self { cells: cells.collect(), failed: self.failed.clone() }
    }

    fn print_state(&self) {
        self.print_table("copy", 0, "Copy, ns per frame: median (spread), times the bare ring");
        self.print_table("loan", 0, "Loan, ns per frame");
        for (part, name) in ["p50", "p99", "p99.9"].into_iter().enumerate() {
            self.print_table("trip", part, &format!("Round trip {name}, ns"));
        }
        self.print_table("one CPU", 0, "Round trip p50 with one CPU, ns");
        self.print_targets();
    }

    fn print_machine(&self) {
        let samples: Vec<&Sample> = self.cells.values().flatten().flatten().collect();
        let near = samples.iter().filter(|sample| sample.near).count();
        let busy = samples.iter().filter(|sample| sample.foreign > MAX_FOREIGN_LOAD).count();
        let of = samples.len();
        let state = match near * 10 / of.max(1) {
            0..=1 => "far",
            9.. => "near",
            _ => "changing between near and far",
        };
        println!("{}", machine::processor());
        println!(
            "CPUs were {state} ({near} of {of} samples near, median line transfer {:.0} ns); \
             others were busy in {busy}",
            median(samples.iter().map(|sample| sample.distance).collect()).unwrap_or(f64::NAN)
        );
    }

    fn print_table(&self, test: &str, part: usize, title: &str) {
        let cell = |transport: &str, len| self.cell_text(test, part, transport, len);
        let mut transports: Vec<&str> = TRANSPORTS.into();
        let known = self.cells.keys().map(|(_, transport, _)| transport.as_str());
        let rivals: Vec<&str> = known.filter(|transport| !TRANSPORTS.contains(transport)).collect();
        transports.extend(rivals.first());
        println!("\n{title}");
        print!("{:20}", "");
        LENGTHS.into_iter().for_each(|len| print!("{len:>30}"));
        println!();
        for transport in transports {
            let cells = LENGTHS.map(|len| cell(transport, len));
            if cells.iter().any(|text| !text.is_empty()) {
                print!("{transport:20}");
                cells.iter().for_each(|text| print!("{text:>30}"));
                println!();
            }
        }
    }

    fn cell_text(&self, test: &str, part: usize, transport: &str, len: usize) -> String {
        let cell = (test.into(), transport.into(), len);
        let Some(all) = self.cells.get(&cell) else { return String::new() };
        let failed = if self.failed.contains(&cell) { "!" } else { "" };
        let judged = judge(all.iter().flatten());
        let values: Vec<f64> = judged.samples.iter().map(|sample| sample.values[part]).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(0.0, f64::max);
        let Some(middle) = median(values) else { return failed.into() };
        let ratio = self.ratio(test, part, transport, "bare ring", len);
        let ratio = ratio.map_or(String::new(), |ratio| format!(" {ratio:.2}x"));
        format!(
            "{}{}{failed} ({}-{}){ratio}",
            short(middle),
            judged.mark,
            short(least),
            short(most)
        )
    }

    /// Median of the ratios of paired rounds.
    fn ratio(&self, test: &str, part: usize, transport: &str, to: &str, len: usize) -> Option<f64> {
        let [ours, theirs] =
            [transport, to].map(|transport| self.cells.get(&(test.into(), transport.into(), len)));
        let pairs = ours?.iter().zip(theirs?).filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)));
        let clean = |sample: &Sample| sample.foreign <= MAX_FOREIGN_LOAD;
        let (good, any): (Vec<_>, Vec<_>) = pairs.partition(|(a, b)| clean(a) && clean(b));
        let pairs = if good.is_empty() { any } else { good };
        median(pairs.iter().map(|(a, b)| a.values[part] / b.values[part]).collect())
    }

    /// Compares with the targets, which are for CPUs that are far from each other.
    fn print_targets(&self) {
        let samples = || self.cells.values().flatten().flatten();
        let clean = samples().filter(|sample| sample.foreign <= MAX_FOREIGN_LOAD).count();
        if 2 * clean < samples().count() {
            println!("\nTargets are not judged: others kept the CPUs busy");
            return;
        }
        println!("\nTargets for far CPUs, by the medians of paired rounds");
        let bare = |test, len| self.ratio(test, 0, "zerobuffer", "bare ring", len);
        say("copy of 64 B, times the bare ring", bare("copy", 64), 2.5);
        say("loan of 64 B, times the bare ring", bare("loan", 64), 3.0);
        say("round trip of 64 B, times the bare ring", bare("trip", 64), 1.4);
        say("copy of 64 KiB, times the bare ring", bare("copy", 64 << 10), 1.0);
        say("copy of 1 MiB, times the bare ring", bare("copy", 1 << 20), 1.0);
        let one = self.ratio("one CPU", 0, "zerobuffer", "zerobuffer asleep", 64);
        say("round trip on one CPU, times sleeping", one, 1.2);
        let asleep = self.ratio("trip", 0, "zerobuffer asleep", "pipe", 64);
        say("round trip of 64 B without spinning, times a pipe", asleep, 1.0);
    }
}

fn say(what: &str, value: Option<f64>, most: f64) {
    let Some(value) = value else { return };
    let held = if value <= most { "held" } else { "MISSED" };
    println!("  {held:7} {what}: {value:.2}, at most {most}");
}

/// Clean samples if there are any, else all.
fn judge<'a>(samples: impl Iterator<Item = &'a Sample>) -> Judged<'a> {
    let all: Vec<&Sample> = samples.collect();
    let clean: Vec<&Sample> =
        all.iter().copied().filter(|sample| sample.foreign <= MAX_FOREIGN_LOAD).collect();
    match clean.is_empty() {
        false => Judged { samples: clean, mark: "" },
        true => Judged { samples: all, mark: "~" },
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.retain(|value| value.is_finite());
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        even if even % 2 == 0 => Some((values[middle - 1] + values[middle]) / 2.0),
        _ => Some(values[middle]),
    }
}

fn short(nanos: f64) -> String {
    match nanos {
        ..1e4 => format!("{nanos:.0}"),
        1e4..1e7 => format!("{:.0}k", nanos / 1e3),
        _ => format!("{:.0}M", nanos / 1e6),
    }
}
