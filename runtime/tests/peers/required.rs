//! Things that tests compare this crate with and that may be missing on a machine.

/// Panics with `REQUIRE_PEERS=1`, and otherwise prints what was not tested.
#[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
pub(crate) fn missing(what: &str) {
    let required = std::env::var_os("REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(!required, "REQUIRE_PEERS=1, but this is missing: {what}");
    eprintln!("\nSKIPPED, not tested against {what}\n");
}
