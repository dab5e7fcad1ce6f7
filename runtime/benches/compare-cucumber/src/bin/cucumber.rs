//! cucumber-rs: `cucumber DEFINITIONS FOLDER`. The definitions are those of the other side, given at
//! run time because compiling 2,000 of its attributes takes minutes; the regexes are the same.

use cucumber::step::Context;
use cucumber::{World, WriterExt as _, writer};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use regex::Regex;

#[derive(Debug, Default, World)]
struct Nothing;

fn step(_world: &mut Nothing, context: Context) -> LocalBoxFuture<'_, ()> {
    async move {
        // What an attribute's parameters would do with the captures.
        for (_, capture) in &context.matches[1..] {
            let _ = std::hint::black_box(capture.parse::<u32>());
        }
    }
    .boxed_local()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().expect("a count").parse().expect("a number");
    let folder = arguments.next().expect("a folder");
    let mut suite = Nothing::cucumber().with_writer(writer::Basic::raw(std::io::sink(), writer::Coloring::Never, writer::Verbosity::Default).normalized().summarized()).with_default_cli();
    for i in 0..count {
        let pattern = match i % 4 {
            0 => format!("^area {i} is prepared$"),
            1 => format!(r"^user {i} sends ((?:-?\d+)|(?:\d+)) items$"),
            2 => format!(
                r#"^the ("([^"\\]*(\\.[^"\\]*)*)"|'([^'\\]*(\\.[^'\\]*)*)') process opens buffer {i} with ((?:-?\d+)|(?:\d+)) bytes$"#
            ),
            _ => format!("^check {i} sees '([^']+)'$"),
        };
        suite = suite.given(Regex::new(&pattern).expect("a regex"), step);
    }
    let _ = suite.run(folder).await;
}
