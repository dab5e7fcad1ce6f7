//! The command against the test programs of the Python library.

use std::process::Command;

use serde_json::json;

use crate::python_environment::python;
use crate::support::{Running, TestName, keys, run};

fn program(python: &std::path::Path, which: &str, args: &[&str]) -> Running {
    let mut command = Command::new(python);
    command.args(["-m", &format!("zerobuffer.cross_platform.{which}")]).args(args);
    Running::start(command)
}

#[test]
fn python_reader_accepts_our_writer() {
    let Some(python) = python("test programs of the Python library") else { return };
    for pattern in ["sequential", "zero", "ones"] {
        let name = TestName::new("to-python");
        let args = [&*name, "-n", "2000", "-s", "1500", "--verify", pattern, "--json-output"];
        let reader = program(&python, "reader", &args);
        // It has the 20 s that Python may take to start.
        run(&[
            "writer",
            &name,
            "-n",
            "2000",
            "-s",
            "1500",
            "--pattern",
            pattern,
            "--wait-ms",
            "20000",
            "--timeout-ms",
            "20000",
        ])
        .expect_code(0);
        let reader = reader.wait().expect_code(0).json();
        assert_eq!(reader["frames_read"], 2000, "{pattern}");
        assert_eq!(reader["verification_errors"], 0, "{pattern}");
        assert_eq!(reader["errors"], json!([]), "{pattern}");
    }
}

#[test]
fn our_reader_accepts_python_writer_and_prints_the_same_keys() {
    let Some(python) = python("test programs of the Python library") else { return };
    for pattern in ["sequential", "zero", "ones"] {
        let name = TestName::new("from-python");
        let reader = Running::start_zerobuffer(&[
            "reader",
            &name,
            "-n",
            "2000",
            "-s",
            "1500",
            "--verify",
            pattern,
            "--timeout-ms",
            "20000",
            "--json-output",
        ]);
        name.await_created();
        let args = [
            &*name,
            "-n",
            "2000",
            "-s",
            "1500",
            "--pattern",
            pattern,
            "-m",
            "from python",
            "--json-output",
        ];
        let writer = program(&python, "writer", &args).wait().expect_code(0).json();
        assert_eq!(writer["frames_written"], 2000, "{pattern}");
        let reader = reader.wait().expect_code(0).json();
        assert_eq!(reader["frames_read"], 2000, "{pattern}");
        assert_eq!(reader["verification_errors"], 0, "{pattern}");
        assert_eq!(reader["metadata_size"], 11, "{pattern}");

        let ours = TestName::new("keys");
        let without_a_reader = ["writer", &ours, "--wait-ms", "0", "--json-output"];
        assert_eq!(keys(&run(&without_a_reader).expect_code(2).json()), keys(&writer));
    }
}

#[test]
fn checksums_equal_those_of_python_reader() {
    let Some(python) = python("test programs of the Python library") else { return };
    let sums = |reader: Running, name: &TestName| {
        let writer = ["writer", name, "-n", "5", "-s", "999", "--wait-ms", "20000"];
        run(&writer).expect_code(0);
        reader.wait().expect_code(0).json()
    };
    let name = TestName::new("sums-python");
    let args = [&*name, "-n", "5", "-s", "999", "--checksum", "--json-output"];
    let theirs = sums(program(&python, "reader", &args), &name);
    let name = TestName::new("sums-ours");
    let args = ["reader", &name, "-n", "5", "-s", "999", "--checksum", "--json-output"];
    let ours = sums(Running::start_zerobuffer(&args), &name);
    assert_eq!(theirs["checksums"], ours["checksums"]);
    assert_eq!(ours["checksums"].as_array().unwrap().len(), 5);
    assert_eq!(keys(&theirs), keys(&ours));
}

#[test]
fn our_relay_connects_python_writer_and_reader() {
    let Some(python) = python("test programs of the Python library") else { return };
    let (from, middle, to) =
        (TestName::new("py-in"), TestName::new("py-middle"), TestName::new("py-out"));
    let args = [&*to, "-n", "1000", "-s", "700", "--verify", "sequential", "--json-output"];
    let reader = program(&python, "reader", &args);
    let relay = |from: &str, to: &str| {
        Running::start_zerobuffer(&[
            "relay",
            from,
            to,
            "--buffer-size",
            "64KiB",
            "--transform",
            "xor",
            "--wait-ms",
            "20000",
            "--timeout-ms",
            "20000",
            "--json-output",
        ])
    };
    let relays = [relay(&middle, &to), relay(&from, &middle)];
    from.await_created();
    let args = [&*from, "-n", "1000", "-s", "700", "-m", "meta"];
    program(&python, "writer", &args).wait().expect_code(0);
    for relay in relays {
        let relay = relay.wait().expect_code(0).json();
        assert_eq!(
            (&relay["frames_relayed"], &relay["metadata_relayed"]),
            (&json!(1000), &json!(true))
        );
    }
    let reader = reader.wait().expect_code(0).json();
    assert_eq!((&reader["frames_read"], &reader["verification_errors"]), (&json!(1000), &json!(0)));
}
