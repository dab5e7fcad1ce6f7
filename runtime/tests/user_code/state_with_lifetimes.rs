//! State holds nothing borrowed, whatever the lifetime in the signature is called.

use harmony_bdd::{after_scenario, fixture, given};

#[derive(Default)]
pub struct Texts<'a>(Option<&'a str>);

#[given("a named lifetime")]
fn named<'a>(texts: &mut Texts<'a>) {
    texts.0 = None;
}

#[given("an elided lifetime")]
fn elided(texts: &mut Texts<'_>) {
    texts.0 = None;
}

#[given("a static lifetime")]
async fn fixed(texts: &mut Texts<'static>) {
    texts.0 = None;
}

#[given(expr = "one lifetime for {string} and state")]
fn shared<'a>(texts: &'a Texts<'a>, text: &'a str) {
    let _ = (texts.0, text);
}

#[after_scenario]
fn after<'a>(texts: &Texts<'a>) {
    let _ = texts.0;
}

pub struct Made<'a>(&'a str);

#[fixture]
fn made<'a>() -> Made<'a> {
    Made("made")
}

#[given("made state")]
fn use_made(made: &Made<'_>) {
    let _ = made.0;
}
