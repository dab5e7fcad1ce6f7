//! A step crate that the binary does not mention is not linked, and the binary reports that. One that it
//! mentions is linked with all its steps, at every level of optimization.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::packages::{cargo, target_folder};

/// A way to build the suite. Dependencies are not optimized: that takes minutes, and removes no steps.
struct Build {
    /// The folder of the programs.
    profile: &'static str,
    options: &'static [&'static str],
}

const DEBUG: Build = Build { profile: "debug", options: &[] };

const BUILDS: [Build; 3] = [
    DEBUG,
    Build {
        profile: "debug",
        options: &[
            "--config=profile.dev.package.my-steps.opt-level=3",
            "--config=profile.dev.package.suite.opt-level=3",
        ],
    },
    Build { profile: "fat", options: &["--profile=fat"] },
];

const FAT: &str = "[profile.fat]\ninherits = \"dev\"\nopt-level = 1\nlto = \"fat\"\ncodegen-units = 1\n\
                   [profile.fat.package.\"*\"]\nopt-level = 0\n";

#[test]
fn only_mentioned_step_crates_are_linked() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_crates(folder.path());
    // The versions of this workspace, so that no download is needed.
    fs::copy(workspace.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();

    build(folder.path(), "unlinked", &DEBUG);
    let unlinked = run(folder.path(), &DEBUG, "unlinked");
    let stderr = String::from_utf8_lossy(&unlinked.stderr);
    assert_eq!(unlinked.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.trim().lines().count(), 1, "one line: {stderr}");
    assert!(stderr.contains("no step definitions are linked"), "{stderr}");
    assert!(stderr.contains("`use my_steps as _;`"), "help: {stderr}");

    for way in &BUILDS {
        build(folder.path(), "linked", way);
        let linked = run(folder.path(), way, "linked");
        let options = way.options;
        let listed = String::from_utf8_lossy(&linked.stdout);
        let stderr = String::from_utf8_lossy(&linked.stderr);
        assert!(linked.status.success(), "{options:?}: {stderr}");
        for step in ["a step of a library", "a step in a module of it"] {
            assert!(listed.contains(step), "{options:?}: {step:?} is missing in {listed}{stderr}");
        }
    }
}

/// The attributes name `::harmony_bdd`, which one line at the root of a crate may define.
#[test]
fn crate_may_know_the_library_by_another_name() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"facade\", \"of-facade\", \"of-renamed\"]\n",
    );
    fs::copy(workspace.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let runtime = env!("CARGO_MANIFEST_DIR");
    let library = format!("harmony-bdd = {{ path = {runtime:?} }}\n");
    let renamed = format!("bdd = {{ package = \"harmony-bdd\", path = {runtime:?} }}\n");
    write_package(folder.path(), "facade", &library, "lib.rs", "pub use harmony_bdd::*;\n");
    let facade = "facade = { path = \"../facade\" }\n";
    for (package, dependency, name) in
        [("of-facade", facade, "facade"), ("of-renamed", renamed.as_str(), "bdd")]
    {
        let main = format!("extern crate {name} as harmony_bdd;\n{STEPS_OF_FACADE}");
        write_package(folder.path(), package, dependency, "main.rs", &main);
    }
    for package in ["of-facade", "of-renamed"] {
        build(folder.path(), package, &DEBUG);
        let ran = run(folder.path(), &DEBUG, package);
        let (listed, stderr) =
            (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{package}: {stderr}");
        for step in ["a step", "a {colour} step with rows"] {
            assert!(listed.contains(step), "{package}: {step:?} is missing in {listed}{stderr}");
        }
    }
}

const STEPS_OF_FACADE: &str = r#"
use harmony_bdd::{StepArg, TableRow, fixture, given, param, when};

#[derive(Default)]
struct World(u32);

struct Server;

#[fixture(scope = suite)]
fn server(_world: &World) -> Result<Server, String> {
    Ok(Server)
}

#[param(name = "colour")]
enum Colour {
    Red,
}

#[derive(StepArg)]
enum Size {
    Large,
}

#[derive(TableRow)]
struct Row {
    number: u32,
}

#[given(expr = "a step of {word} size", catch(std::fmt::Error))]
fn step(world: &mut World, _size: Size) -> std::fmt::Result {
    world.0 += 1;
    Ok(())
}

#[when(expr = "a {colour} step with rows")]
fn rows(_colour: Colour, rows: Vec<Row>, _server: &Server) {
    let _ = rows.iter().map(|row| row.number).sum::<u32>();
}

#[harmony_bdd::before_scenario]
fn before() {
    let _ = (Colour::Red, Size::Large);
}

harmony_bdd::main!();
"#;

fn write_package(folder: &Path, name: &str, dependencies: &str, file: &str, source: &str) {
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}"
    );
    write(&folder.join(name).join("Cargo.toml"), &manifest);
    write(&folder.join(name).join("src").join(file), source);
}

fn write_crates(folder: &Path) {
    write(
        &folder.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = [\"steps\", \"suite\"]\n\n{FAT}"),
    );
    let runtime = env!("CARGO_MANIFEST_DIR");
    let package = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nharmony-bdd = {{ path = {runtime:?} }}\n{dependencies}"
        )
    };
    write(&folder.join("steps/Cargo.toml"), &package("my-steps", ""));
    write(
        &folder.join("steps/src/lib.rs"),
        "mod more;\n#[harmony_bdd::given(\"a step of a library\")]\nfn of_library() {}\n",
    );
    write(
        &folder.join("steps/src/more.rs"),
        "#[harmony_bdd::then(\"a step in a module of it\")]\nfn of_module() {}\n",
    );
    let dependency = "my-steps = { path = \"../steps\" }\n";
    write(&folder.join("suite/Cargo.toml"), &package("suite", dependency));
    let main = "harmony_bdd::main!();\n";
    write(&folder.join("suite/src/bin/unlinked.rs"), main);
    write(&folder.join("suite/src/bin/linked.rs"), &format!("use my_steps as _;\n{main}"));
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn build(folder: &Path, binary: &str, way: &Build) {
    let output = cargo(folder)
        .args(["build", "--offline", "--quiet", "--bin", binary])
        .args(way.options)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {stderr}", way.options);
}

fn run(folder: &Path, way: &Build, binary: &str) -> Output {
    let path = target_folder().join(way.profile).join(binary);
    Command::new(path).arg("steps").current_dir(folder).output().unwrap()
}
