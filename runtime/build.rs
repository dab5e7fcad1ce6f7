//! The build script that `links` requires, with which cargo refuses two copies of the registry in one
//! binary. It also finds the version of the compiler, for the metadata of reports.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo sets the variable also for tests, so it must not begin with the prefix of the settings.
    println!("cargo::rustc-env=BUILT_WITH_RUSTC={}", rustc_version().unwrap_or_default());
}

/// Returns the version of the compiler, such as `1.89.0`.
fn rustc_version() -> Option<String> {
    let output = Command::new(env::var_os("RUSTC")?).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}
