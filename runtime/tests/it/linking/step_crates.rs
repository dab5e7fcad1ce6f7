//! A step crate that the binary does not mention is not linked, and the binary reports that. One that it
//! mentions is linked with all its steps, at every level of optimization.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::packages::{PackageFolder, cargo, shared_dependencies, target_folder};

/// The options of the builds. Dependencies are not optimized: that takes minutes, and removes no steps.
const BUILDS: [&[&str]; 3] = [
    &[],
    &[
        "--config=profile.dev.package.my-steps.opt-level=3",
        "--config=profile.dev.package.suite.opt-level=3",
    ],
    // The profile of the programs alone: macros and build scripts are those of the other builds.
    &[
        "--config=profile.dev.lto='fat'",
        "--config=profile.dev.codegen-units=1",
        "--config=profile.dev.opt-level=1",
        "--config=profile.dev.package.'*'.opt-level=0",
    ],
];

#[test]
fn only_mentioned_step_crates_are_linked() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = PackageFolder::new("step-crates");
    write_crates(folder.path());
    // The versions of this workspace, so that no download is needed.
    fs::copy(workspace.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();

    build(folder.path(), "unlinked", &[]);
    let unlinked = run(folder.path(), "unlinked");
    let stderr = String::from_utf8_lossy(&unlinked.stderr);
    assert_eq!(unlinked.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.trim().lines().count(), 1, "one line: {stderr}");
    assert!(stderr.contains("no step definitions are linked"), "{stderr}");
    assert!(stderr.contains("`use my_steps as _;`"), "help: {stderr}");

    for options in BUILDS {
        build(folder.path(), "linked", options);
        let linked = run(folder.path(), "linked");
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
    let folder = PackageFolder::new("other-name");
    let [versions, _] = shared_dependencies();
    let members =
        "[workspace]\nresolver = \"3\"\nmembers = [\"facade\", \"of-facade\", \"of-renamed\"]\n";
    write(&folder.path().join("Cargo.toml"), &(members.to_owned() + &versions));
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
        build(folder.path(), package, &[]);
        let ran = run(folder.path(), package);
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
    let [_, features] = shared_dependencies();
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}{features}"
    );
    write(&folder.join(name).join("Cargo.toml"), &manifest);
    write(&folder.join(name).join("src").join(file), source);
}

fn write_crates(folder: &Path) {
    let [versions, features] = shared_dependencies();
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"steps\", \"suite\"]\n";
    write(&folder.join("Cargo.toml"), &(members.to_owned() + &versions));
    let runtime = env!("CARGO_MANIFEST_DIR");
    let package = |name: &str, dependencies: &str| {
        format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nharmony-bdd = {{ path = {runtime:?} }}\n{dependencies}{features}"
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

fn build(folder: &Path, binary: &str, options: &[&str]) {
    let output = cargo(folder)
        .args(["build", "--offline", "--quiet", "--bin", binary])
        .args(options)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options:?}: {stderr}");
}

fn run(folder: &Path, binary: &str) -> Output {
    let path = target_folder().join("debug").join(binary);
    Command::new(path).arg("steps").current_dir(folder).output().unwrap()
}
