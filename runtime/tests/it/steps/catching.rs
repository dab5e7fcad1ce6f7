//! `catch(E)` finds the expected error wherever a returned error may hold it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use anyhow::Context;
use harmony_bdd::{Caught, Outcome, then, when};

use super::test_scenario::{TestScenario, failure};

#[derive(Debug, Clone, thiserror::Error)]
#[error("refused with {0}")]
struct Refused(u32);

#[derive(Debug, thiserror::Error)]
enum ServiceError {
    #[error("the service failed")]
    Refused(#[from] Refused),
    #[error("the service failed behind a pointer")]
    Boxed(#[from] Box<Refused>),
    #[error("the service shares its failure")]
    Shared(#[from] Arc<Refused>),
    #[error("the service shares its unknown failure")]
    Dyn(#[source] Arc<dyn Error + Send + Sync>),
    #[error("the service cannot read")]
    Io(#[from] io::Error),
    #[error("another failure")]
    Other,
}

#[when("refused as itself", catch(Refused))]
fn itself() -> Result<(), Refused> {
    Err(Refused(7))
}

#[when("refused in a box", catch(Refused))]
fn boxed() -> Result<(), Box<Refused>> {
    Err(Box::new(Refused(7)))
}

#[when("refused in an arc", catch(Refused))]
async fn arc() -> Result<Outcome, Arc<Refused>> {
    Err(Arc::new(Refused(7)))
}

#[when("refused in a dyn error", catch(Refused))]
fn dyn_error() -> Result<(), Box<dyn Error>> {
    Err(ServiceError::from(Refused(7)).into())
}

#[when("refused in a shared dyn error", catch(Refused))]
fn shared_dyn_error() -> Result<(), Arc<dyn Error + Send + Sync>> {
    Err(Arc::new(Refused(7)))
}

#[when("refused in anyhow", catch(Refused))]
fn anyhow() -> anyhow::Result<()> {
    Err(Refused(7))?
}

#[when("refused in anyhow with a context", catch(Refused))]
async fn anyhow_with_context() -> anyhow::Result<()> {
    Err(ServiceError::from(Refused(7))).context("while asking").context("for a reason")
}

#[when("refused as the context of anyhow", catch(Refused))]
fn anyhow_context() -> anyhow::Result<()> {
    Err(ServiceError::Other).context(Refused(7))
}

#[when("refused as the context of nothing", catch(Refused))]
fn anyhow_context_of_none() -> anyhow::Result<()> {
    None::<()>.context(Refused(7))
}

#[when("refused in eyre", catch(Refused))]
fn eyre() -> eyre::Result<()> {
    Err(Refused(7))?
}

#[when("refused in eyre with a message", catch(Refused))]
fn eyre_with_message() -> eyre::Result<()> {
    use eyre::WrapErr;
    Err(Refused(7)).wrap_err("while asking")
}

#[when("refused as a variant", catch(Refused))]
fn variant() -> Result<(), ServiceError> {
    Err(Refused(7).into())
}

#[when("refused as a boxed variant", catch(Refused))]
fn boxed_variant() -> Result<(), ServiceError> {
    Err(Box::new(Refused(7)).into())
}

#[when("refused as a shared variant", catch(Refused))]
fn shared_variant() -> Result<(), ServiceError> {
    Err(Arc::new(Refused(7)).into())
}

#[when("refused as a shared dyn variant", catch(Refused))]
fn shared_dyn_variant() -> Result<(), ServiceError> {
    Err(ServiceError::Dyn(Arc::new(Refused(7))))
}

#[when("refused in an io error", catch(Refused))]
fn io_error() -> io::Result<()> {
    Err(io::Error::other(Refused(7)))
}

#[when("refused in the io error of a variant", catch(Refused))]
fn io_error_of_variant() -> Result<(), ServiceError> {
    Err(io::Error::other(ServiceError::from(Refused(7))).into())
}

#[when("refused under another name", catch(Refused))]
fn alias() -> Refusal {
    Err(Refused(7).into())
}

type Refusal = Result<(), ServiceError>;

#[then("it was refused")]
fn refused(caught: &Caught) {
    assert_eq!(caught.error::<Refused>().map(|refused| refused.0), Some(7));
    assert_eq!(caught.text(), Some("refused with 7"));
    assert!(caught.error::<std::fmt::Error>().is_none());
}

#[then("the service failed around it")]
fn around(caught: &Caught) {
    assert!(matches!(caught.error(), Some(ServiceError::Refused(Refused(7)))));
}

#[when("refused with a text", catch(String))]
fn text() -> Result<(), String> {
    Err("refused".to_owned())
}

#[then("the text was caught")]
fn text_was_caught(caught: &Caught) {
    assert_eq!(caught.error::<String>().map(String::as_str), Some("refused"));
}

#[when("the service fails otherwise", catch(Refused))]
fn other() -> Result<(), ServiceError> {
    Err(ServiceError::Other)
}

#[test]
fn expected_error_is_found_in_every_error_that_holds_it() {
    for how in [
        "as itself",
        "in a box",
        "in an arc",
        "in a dyn error",
        "in a shared dyn error",
        "in anyhow",
        "in anyhow with a context",
        "as the context of anyhow",
        "as the context of nothing",
        "in eyre",
        "in eyre with a message",
        "as a variant",
        "as a boxed variant",
        "as a shared variant",
        "as a shared dyn variant",
        "in an io error",
        "in the io error of a variant",
        "under another name",
    ] {
        let mut scenario = TestScenario::new();
        scenario.passes(&[&format!("refused {how}"), "it was refused"]);
        assert_eq!(scenario.end(), Vec::<String>::new(), "{how}");
    }
}

#[test]
fn error_around_the_expected_one_is_found_too() {
    TestScenario::new().passes(&["refused as a variant", "the service failed around it"]);
}

#[test]
fn expected_error_may_be_a_text() {
    TestScenario::new().passes(&["refused with a text", "the text was caught"]);
}

#[test]
fn error_without_the_expected_cause_fails_the_step() {
    let message = failure(TestScenario::new().step("the service fails otherwise"));
    assert_eq!(message, "another failure (`catch` expects `Refused`)");
}
