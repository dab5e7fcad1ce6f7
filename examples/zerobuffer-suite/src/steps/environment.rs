//! Steps at the beginning of many features.

use harmony_bdd::given;

use crate::state::Environment;

#[given("the test environment is initialized")]
fn environment_is_initialized(environment: &mut Environment) -> zerobuffer::Result<()> {
    environment.initialize()
}

#[given("all processes are ready")]
fn processes_are_ready(environment: &Environment) -> Result<(), &'static str> {
    if environment.is_initialized() { Ok(()) } else { Err("this process is not initialized") }
}
