//! `zerobuffer clean`. Other tests leave stale buffers on purpose, so names are always given.

use crate::support::{Running, TestName, run};

#[test]
fn clean_lists_first_and_removes_on_request() {
    let name = TestName::new("stale");
    let reader = Running::start_zerobuffer(&["reader", &name, "--timeout-ms", "0"]);
    let pid = reader.pid();
    name.await_created();
    let living = run(&["clean", &name, "--yes"]).expect_code(0);
    assert_eq!(living.stdout, "no stale buffers\n");
    assert_eq!(name.remains().len(), 4);
    drop(reader);

    let dry = run(&["clean", &name]).expect_code(0).stdout;
    assert!(dry.contains(&format!("stale  {}  ", &*name)), "{dry}");
    assert!(dry.contains(&format!("reader was process {pid}")), "{dry}");
    assert!(dry.contains("1 stale; nothing removed, run again with --yes"), "{dry}");
    let json = run(&["clean", &name, "--json"]).expect_code(0).json();
    assert_eq!((&json[0]["buffer_name"], &json[0]["removed"]), (&(&*name).into(), &false.into()));
    assert_eq!(json[0]["reader_pid"], pid);
    assert_eq!(json[0]["paths"].as_array().unwrap().len(), 4);
    assert_eq!(name.remains().len(), 4, "neither has removed anything");

    let wet = run(&["clean", &name, "--yes"]).expect_code(0).stdout;
    assert!(wet.contains(&format!("removed  {}", &*name)), "{wet}");
    name.assert_gone();
    assert_eq!(
        run(&["clean", &name, "--yes", "--json"]).expect_code(0).json(),
        serde_json::json!([])
    );
}

#[test]
fn clean_without_names_lists_all_stale_buffers() {
    let name = TestName::new("listed");
    let reader = Running::start_zerobuffer(&["reader", &name, "--timeout-ms", "0"]);
    name.await_created();
    drop(reader);
    let list = run(&["clean", "--json"]).expect_code(0).json();
    let mut names = list.as_array().unwrap().iter().map(|entry| &entry["buffer_name"]);
    assert!(names.any(|listed| *listed == *name), "{list}");
    assert_eq!(name.remains().len(), 4);
}
