//! Writes step definitions for this project's side: a quarter each of literals, two kinds of
//! expressions and regexes, as a suite has them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = env::var("OUT_DIR").expect("cargo sets it");
    for count in [100, 2000] {
        let mut source = String::new();
        for i in 0..count {
            let (attribute, parameters) = match i % 4 {
                0 => (format!("\"area {i} is prepared\""), ""),
                1 => (format!("expr = \"user {i} sends {{int}} items\""), "_count: u32"),
                2 => (
                    format!("expr = \"the {{string}} process opens buffer {i} with {{int}} bytes\""),
                    "_process: &str, _size: u32",
                ),
                _ => (format!("regex = r\"^check {i} sees '([^']+)'$\""), "_seen: &str"),
            };
            let _ = writeln!(source, "#[given({attribute})]\nfn step_{i}({parameters}) {{}}");
        }
        fs::write(Path::new(&folder).join(format!("steps_{count}.rs")), source).expect("a file");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
