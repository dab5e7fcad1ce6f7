//! Only what `links` asks for: with it cargo refuses two copies of the registry in one binary.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
