//! Scenarios across two real processes: both Rust, or one of them Python.

use crate::leftovers;
use crate::python_environment::python;
use crate::reference_runner::{Platform, run, scenario};

/// Runs `number` under a host pid that no real process has, so that parallel tests cannot collide.
fn run_between(number: &str, reader: &Platform, writer: &Platform, host: u32) {
    run(&scenario(number), reader, writer, host);
    let mark = format!("_{host}_1");
    if reader.leaves_semaphores() {
        leftovers::remove_semaphores(&mark);
    }
    leftovers::assert_none(&mark);
}

#[test]
fn scenario_1_1_passes_between_two_rust_processes() {
    run_between("1.1", &Platform::rust(), &Platform::rust(), own_host(1));
}

#[test]
fn scenario_1_6_passes_between_two_rust_processes() {
    run_between("1.6", &Platform::rust(), &Platform::rust(), own_host(2));
}

#[test]
fn process_without_variables_takes_the_numbers_of_initialize() {
    run_between("1.1", &Platform::rust_without_variables(), &Platform::rust(), own_host(7));
}

#[test]
fn scenario_1_1_passes_with_a_python_reader() {
    let Some(python) = python("scenario 1.1 with a Python reader") else { return };
    run_between("1.1", &Platform::python(&python), &Platform::rust(), own_host(3));
}

#[test]
fn scenario_1_1_passes_with_a_python_writer() {
    let Some(python) = python("scenario 1.1 with a Python writer") else { return };
    run_between("1.1", &Platform::rust(), &Platform::python(&python), own_host(4));
}

#[test]
fn scenario_1_6_passes_with_a_python_reader() {
    let Some(python) = python("scenario 1.6 with a Python reader") else { return };
    run_between("1.6", &Platform::python(&python), &Platform::rust(), own_host(5));
}

#[test]
fn scenario_1_6_passes_with_a_python_writer() {
    let Some(python) = python("scenario 1.6 with a Python writer") else { return };
    run_between("1.6", &Platform::rust(), &Platform::python(&python), own_host(6));
}

/// Returns a number above every Linux pid, different for each test and each run of the tests.
fn own_host(test: u32) -> u32 {
    100_000_000 + std::process::id() * 10 + test
}
