//! The recipes of the book run as they are written, with the feature of their page.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::packages::{PackageFolder, cargo, shared_dependencies};

/// The pages, with the number of their scenarios. That of the database needs a container, and is compiled as a
/// doc test only.
const PAGES: [(&str, usize); 5] = [
    ("getting-started", 2),
    ("recipes/command-line", 1),
    ("recipes/peers", 1),
    ("recipes/processes", 1),
    ("recipes/web-service", 1),
];

#[test]
fn recipes_pass_as_written() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PackageFolder::new("recipes");
    fs::create_dir_all(folder.path().join("src/bin")).unwrap();
    let manifest = format!(
        "[package]\nname = \"recipes-of-the-book\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nharmony-bdd = {{ path = {runtime:?} }}\n"
    );
    let manifest = manifest + &shared_dependencies().concat();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    // The versions that are there already: nothing is fetched.
    fs::copy(runtime.join("../Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    for (page, _) in PAGES {
        let path = runtime.join("docs/book/src").join(page).with_extension("md");
        let text = fs::read_to_string(path).unwrap();
        let name = program(page);
        let code = block(&text, "```rust,no_run\n");
        fs::write(folder.path().join(format!("src/bin/{name}.rs")), code).unwrap();
        let feature = block(&text, "```gherkin\n");
        fs::write(folder.path().join(format!("{name}.feature")), feature).unwrap();
    }
    // A peer that takes connections, for the recipe of a peer.
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let passes = |page: &str, command: &str, scenarios: usize| {
        let name = program(page);
        let mut program = cargo(folder.path());
        program.args(["run", "--offline", "--quiet", "--bin", name, "--", command]);
        program.arg(format!("{name}.feature"));
        program.env("HARMONY_BDD_RERUN_FILE", folder.path().join("last.rerun"));
        program.env("RENDER_PEER", peer.local_addr().unwrap().to_string());
        let output = program.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{page}: {text}");
        assert!(text.contains(&format!("({scenarios} passed)")), "{page}: {text}");
        assert!(!text.contains("warning"), "{page}: {text}");
    };
    for (page, scenarios) in PAGES {
        passes(page, "run", scenarios);
    }
    passes("recipes/processes", "harmony", 1);
}

/// Returns the name of the program of a page.
fn program(page: &str) -> &str {
    page.rsplit('/').next().unwrap()
}

/// Returns the first block of code that begins with this line.
fn block<'t>(text: &'t str, begin: &str) -> &'t str {
    let (_, rest) = text.split_once(begin).unwrap();
    rest.split_once("\n```").unwrap().0
}
