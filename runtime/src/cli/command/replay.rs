//! `harmony replay`: replays recorded conversations of one role with one process.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use super::error::CommandError;
use super::interrupt::{Notice, stop_on_interrupt};
use super::start_progress::StartProgress;
use crate::cli::exit_code::{EXIT_FAILED, EXIT_INTERRUPTED};
use crate::cli::output::OutputError;
use crate::cli::settings::{ReplayOptions, suite_env};
use crate::config::ConfigSources;
use crate::harmony::config::Config;
use crate::harmony::replay::{self, REPLAY_NOTE, Replay, read_conversations, summary};
use crate::harmony::starting::StartingPlatform;
use crate::model::StopFlag;
use crate::platform::{adopt_orphans, stdout_file};

/// Time that a process has to end after its last reply.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// Time that a process has from its start to its first reply.
const START_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) fn replay(
    options: &ReplayOptions,
    sources: &ConfigSources,
) -> Result<ExitCode, CommandError> {
    let config = Config::find()?;
    let conversations =
        read_conversations(&options.trace, &options.role, options.scenario.as_deref())?;
    let mut stdout = stdout_file().map_err(OutputError::Stdout)?;
    let stop = StopFlag::default();
    stop_on_interrupt(stop.clone(), Notice::OnStderr)?;
    // So that processes which the process leaves behind can be waited for.
    adopt_orphans();
    let replay_options = replay::ReplayOptions {
        step_timeout: options.step_timeout,
        start_timeout: START_TIMEOUT,
        stop_timeout: STOP_TIMEOUT,
        stop: stop.clone(),
    };
    let mut replays: Vec<Replay> = Vec::new();
    for conversation in &conversations {
        if stop.is_set() {
            break;
        }
        let name = options.platform.as_ref().unwrap_or(&conversation.platform);
        let platform = config.platform(name)?;
        let mut platform = config.platform_of_role(conversation.role(), platform)?;
        platform.environment.splice(0..0, suite_env(sources));
        let mut progress = StartProgress::new(io::stderr());
        let mut show = |starting: StartingPlatform<'_>| progress.show(&starting);
        let replay = replay::replay(conversation, &platform, &replay_options, &mut show);
        progress.end();
        let replay = replay.map_err(|reason| CommandError::ReplayProcess {
            platform: platform.name.clone(),
            reason,
        })?;
        write!(stdout, "{replay}").map_err(OutputError::Stdout)?;
        replays.push(replay);
    }
    let mut end = String::new();
    // Writing into memory cannot fail.
    let _ = writeln!(end, "\n{}\n{REPLAY_NOTE}", summary(&replays));
    stdout.write_all(end.as_bytes()).map_err(OutputError::Stdout)?;
    Ok(match () {
        () if stop.is_set() => ExitCode::from(EXIT_INTERRUPTED),
        () if replays.iter().all(Replay::is_as_recorded) => ExitCode::SUCCESS,
        () => ExitCode::from(EXIT_FAILED),
    })
}
