//! Hooks that run before and after scenarios, selected by tags.

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, after_scenario, before_scenario};

use crate::client::{Client, ClientError};
use crate::service::Service;

/// Largest number of requests in a scenario tagged `@frugal`.
const MAX_FRUGAL_REQUESTS: usize = 5;

// Runs for tagged scenarios only. The hook takes the same service as the steps after it.
#[before_scenario(tags(@stocked))]
async fn stock(service: &Service) -> Result<(), ClientError> {
    let mut client = Client::connect(service.address()).await?;
    for request in ["SET apples 3", "SET pears 5"] {
        client.ask(request).await?;
    }
    Ok(())
}

// After-hooks always run, also after a failure; a failing hook fails the scenario.
#[after_scenario(tags(@frugal and not @stocked))]
fn was_frugal(service: &Service) -> Result<(), String> {
    match service.requests().len() {
        few if few <= MAX_FRUGAL_REQUESTS => Ok(()),
        many => Err(format!(
            "a frugal scenario made {many} requests; the limit is {MAX_FRUGAL_REQUESTS}"
        )),
    }
}

// After-hooks run in descending order. Attachments of a hook are in the reports.
#[after_scenario(tags(not @shared), order = -10)]
fn keep_requests(service: &Service, context: &StepContext) {
    let requests = service.requests();
    context.log(LogLevel::Info, format!("{} requests", requests.len()));
    context.attach_text("requests", requests.join("\n"));
}
