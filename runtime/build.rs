//! Only what `links` asks for: with it cargo refuses two copies of the registry in one binary.
#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
