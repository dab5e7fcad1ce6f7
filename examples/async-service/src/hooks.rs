//! What happens around scenarios, by their tags.

use harmony_bdd::model::LogLevel;
use harmony_bdd::{StepContext, after_scenario, before_scenario};

use crate::client::{Client, ClientError};
use crate::service::Service;

/// How many requests a scenario may make where it is tagged `@frugal`.
const FRUGAL: usize = 5;

// Only for scenarios that want it. The hook takes the same service as the steps after it.
#[before_scenario(tags(@stocked))]
async fn stock(service: &Service) -> Result<(), ClientError> {
    let mut client = Client::connect(service.address()).await?;
    for request in ["SET apples 3", "SET pears 5"] {
        client.ask(request).await?;
    }
    Ok(())
}

// After-hooks run whatever became of the scenario; one that fails, fails the scenario.
#[after_scenario(tags(@frugal and not @stocked))]
fn was_frugal(service: &Service) -> Result<(), String> {
    match service.requests().len() {
        few if few <= FRUGAL => Ok(()),
        many => Err(format!("a frugal scenario made {many} requests, {FRUGAL} at most are meant")),
    }
}

// The smaller order runs later after a scenario. What a hook attaches is in the reports.
#[after_scenario(order = -10)]
fn keep_requests(service: &Service, context: &StepContext) {
    let requests = service.requests();
    context.log(LogLevel::Info, format!("{} requests", requests.len()));
    context.attach_text("requests", requests.join("\n"));
}
