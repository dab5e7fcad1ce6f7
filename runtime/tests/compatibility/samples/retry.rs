//! Definitions for the sample `retry`.

use std::sync::atomic::{AtomicU32, Ordering};

use harmony_bdd::given;

static SECOND: AtomicU32 = AtomicU32::new(0);
static THIRD: AtomicU32 = AtomicU32::new(0);

#[given("a step that always passes")]
fn passes() {}

#[given("a step that passes the second time")]
fn passes_the_second_time() {
    // Relaxed: one scenario at a time.
    assert!(SECOND.fetch_add(1, Ordering::Relaxed) >= 1, "not yet");
}

#[given("a step that passes the third time")]
fn passes_the_third_time() {
    // Relaxed: one scenario at a time.
    assert!(THIRD.fetch_add(1, Ordering::Relaxed) >= 2, "not yet");
}

#[given("a step that always fails")]
fn fails() {
    panic!("never");
}
