//! The example of the crate docs, run by two processes.

#[expect(dead_code, reason = "the test is the main function here")]
#[path = "../../examples/two_processes.rs"]
mod two_processes;

use crate::support::{Peer, TestName, child_role};

#[test]
fn documented_two_process_example_works() {
    const TEST: &str = "doc_example::documented_two_process_example_works";
    if let Some((_, buffer)) = child_role() {
        return two_processes::produce(&buffer, 25).unwrap();
    }
    let name = TestName::new("doc-example");
    let producer = Peer::start(TEST, "producer", &name);
    let lengths = two_processes::consume(&name).unwrap();
    producer.join();
    assert_eq!(lengths, (1..=25).map(|number| number * 1000).collect::<Vec<_>>());
    name.assert_gone();
}
