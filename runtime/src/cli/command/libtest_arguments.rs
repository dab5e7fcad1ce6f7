//! The command line of a test binary, as Rust's test harness defines it.

use std::ffi::OsString;
use std::num::NonZeroUsize;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::error::CommandError;
use super::test_target_options::usage_error;
use crate::cli::settings::ColorOption;
use crate::config::InvalidValue;
use crate::report::{ColorChoice, LibtestFormat, PassedOutput};

/// Runs the scenarios of this package as tests.
#[derive(Debug, clap::Parser)]
#[command(
    name = "TEST_BINARY",
    args_override_self = true,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
pub(super) struct LibtestArguments {
    /// Run only tests whose name contains one of the filters
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Match filters against the whole name
    #[arg(long)]
    exact: bool,
    /// Skip tests whose name contains FILTER (repeatable)
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,
    /// List all tests
    #[arg(long)]
    list: bool,
    /// Run only ignored tests, of which there are none
    #[arg(long)]
    ignored: bool,
    /// Tests to run in parallel (default: RUST_TEST_THREADS, else number of cores)
    #[arg(long, short = 'j', alias = "jobs", short_alias = 'c', alias = "concurrency", value_name = "N", value_parser = parse_threads, allow_negative_numbers = true)]
    test_threads: Option<NonZeroUsize>,
    /// Print step output immediately instead of capturing it (also: RUST_TEST_NOCAPTURE=1)
    #[arg(long, alias = "nocapture")]
    no_capture: bool,
    /// Print one character per test; the same as --format=terse
    #[arg(long, short)]
    quiet: bool,
    /// Output format: pretty, terse or json (one event per line)
    #[arg(long, value_name = "FORMAT", value_parser = format(), hide_possible_values = true)]
    format: Option<TestFormat>,
    /// Also show the output of passed tests
    #[arg(long)]
    show_output: bool,
    #[command(flatten)]
    color: ColorOption,
    #[command(flatten)]
    run_options: RunArguments,
    #[command(flatten)]
    ignored_options: IgnoredOptions,
}

/// Options of `run` under their names there, and under those that test binaries with cucumber-rs have.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of `run`")]
struct RunArguments {
    /// Only scenarios matching a tag expression, e.g. '@a and not (@b or @c)' (repeatable)
    #[arg(long, short, value_name = "EXPR")]
    tags: Vec<String>,
    /// Only scenarios whose name matches REGEX (repeatable)
    #[arg(long, short, value_name = "REGEX")]
    name: Vec<String>,
    /// Stop after the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Retry failed scenarios up to N times
    #[arg(long, value_name = "N")]
    retry: Option<String>,
    /// Wait between two attempts, e.g. 500ms or 1s
    #[arg(long, alias = "retry-after", value_name = "TIME")]
    retry_delay: Option<String>,
    /// Retry only scenarios matching a tag expression
    #[arg(long, value_name = "EXPR")]
    retry_tag_filter: Option<String>,
}

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TestFormat {
    Text(LibtestFormat),
    Json,
}

/// Options that cargo and editors pass and that have no effect on scenarios.
#[derive(Debug, clap::Args)]
struct IgnoredOptions {
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(long, hide = true)]
    test: bool,
    #[arg(long, hide = true)]
    bench: bool,
    #[arg(long, hide = true)]
    report_time: bool,
    #[arg(short = 'Z', hide = true, value_name = "FLAG")]
    unstable: Vec<String>,
}

const AFTER_HELP: &str = "\
The other settings of `run` apply here too, from harmony.toml, section [run], and from the
environment: HARMONY_BDD_STEP_TIMEOUT=60 is the step timeout in seconds.

Exit codes: 0 success; 101 failures or an error";

impl LibtestArguments {
    /// Parses the arguments of a test binary, without the program's name.
    ///
    /// # Errors
    /// [`CommandError::Usage`] if an argument is wrong, or if help is requested.
    pub(super) fn parse(arguments: Vec<OsString>) -> Result<Self, CommandError> {
        let words = std::iter::once(OsString::from("TEST_BINARY")).chain(arguments);
        Ok(<Self as clap::Parser>::try_parse_from(words).map_err(usage_error)?)
    }

    /// True if the test of this name is selected.
    pub(super) fn selects(&self, name: &str) -> bool {
        let matches = |filter: &String| match self.exact {
            true => name == filter,
            false => name.contains(filter.as_str()),
        };
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(matches))
            && !self.skip.iter().any(matches)
    }

    /// Returns the filters.
    pub(super) fn filters(&self) -> &[String] {
        &self.filters
    }

    /// True if filters match whole names.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// True if the tests are listed instead of run.
    pub(super) fn is_list(&self) -> bool {
        self.list
    }

    /// Returns the output format.
    pub(super) fn format(&self) -> TestFormat {
        match (self.format, self.quiet) {
            (Some(format), _) => format,
            (None, true) => TestFormat::Text(LibtestFormat::Terse),
            (None, false) => TestFormat::Text(LibtestFormat::Pretty),
        }
    }

    /// Returns the treatment of what passed tests print.
    pub(super) fn passed_output(&self) -> PassedOutput {
        if self.show_output { PassedOutput::Shown } else { PassedOutput::Hidden }
    }

    /// Returns when to use color.
    pub(super) fn color(&self) -> ColorChoice {
        self.color.color
    }

    /// Returns the options of `run` among the arguments, as its command line has them.
    pub(super) fn run_arguments(&self) -> Vec<OsString> {
        let run = &self.run_options;
        let options = [
            ("--tags", run.tags.as_slice()),
            ("--name", run.name.as_slice()),
            ("--retry", run.retry.as_slice()),
            ("--retry-delay", run.retry_delay.as_slice()),
            ("--retry-tag-filter", run.retry_tag_filter.as_slice()),
        ];
        let pairs = options.into_iter().flat_map(|(option, values)| {
            values.iter().map(move |value| OsString::from(format!("{option}={value}")))
        });
        pairs.chain(run.fail_fast.then(|| "--fail-fast".into())).collect()
    }

    /// Returns the number of threads, if the command line or the environment sets it.
    ///
    /// # Errors
    /// [`CommandError::Variable`] if `RUST_TEST_THREADS` is not a positive integer.
    pub(super) fn threads(&self) -> Result<Option<NonZeroUsize>, CommandError> {
        const VARIABLE: &str = "RUST_TEST_THREADS";
        match (self.test_threads, std::env::var(VARIABLE)) {
            (Some(threads), _) => Ok(Some(threads)),
            (None, Ok(text)) => match parse_threads(&text) {
                Ok(threads) => Ok(Some(threads)),
                Err(error) => Err(CommandError::Variable(format!("{VARIABLE}: {error}"))),
            },
            (None, Err(_)) => Ok(None),
        }
    }

    /// True if the output of steps is printed immediately.
    pub(super) fn prints_output(&self) -> bool {
        self.no_capture || std::env::var_os("RUST_TEST_NOCAPTURE").is_some_and(|value| value != "0")
    }
}

fn format() -> impl TypedValueParser<Value = TestFormat> {
    PossibleValuesParser::new(["pretty", "terse", "json"]).map(|format| match format.as_str() {
        "json" => TestFormat::Json,
        "terse" => TestFormat::Text(LibtestFormat::Terse),
        _ => TestFormat::Text(LibtestFormat::Pretty),
    })
}

fn parse_threads(text: &str) -> Result<NonZeroUsize, InvalidValue> {
    text.parse().map_err(|_| InvalidValue::expected("an integer of at least 1", text))
}
