//! The command line: subcommands, options, and how their values are written.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::pattern::Pattern;
use crate::transform::TransformKind;

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  data error: wrong content or size, or fewer frames than requested
  2  buffer error: it is missing or in use, the other process died, shared memory is full
  3  wrong usage
  4  timed out: no frame to read, no space to write";

/// Write, read, relay, inspect and clean ZeroBuffer v1 shared-memory rings.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, subcommand_required = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write frames to a buffer that a reader has created.
    #[command(after_help = WRITER_EXAMPLES)]
    Writer(WriterArgs),
    /// Create a buffer and read frames from it.
    #[command(after_help = READER_EXAMPLES)]
    Reader(ReaderArgs),
    /// Create a buffer, read frames from it and write them to another one.
    #[command(after_help = RELAY_EXAMPLES)]
    Relay(RelayArgs),
    /// Show the state of a buffer, without taking part in it.
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
    /// List stale buffers; remove them with --yes.
    #[command(after_help = CLEAN_EXAMPLES)]
    Clean(CleanArgs),
}

const WRITER_EXAMPLES: &str = "\
Examples:
  zerobuffer writer camera                            1000 frames of 1024 bytes
  zerobuffer writer camera -n 0 --delay-ms 33         until interrupted, 30 a second
  zerobuffer writer camera -s 6220800 -m '1080p rgb'  large ones, with metadata";

#[derive(Debug, Args)]
pub(crate) struct WriterArgs {
    /// Name of the buffer.
    pub(crate) buffer_name: String,
    #[command(flatten)]
    pub(crate) frames: ManyFrames,
    /// Bytes of each frame (such as 1024, 64KiB, 1MiB).
    #[arg(short, long, default_value = "1024", value_parser = parse_bytes)]
    pub(crate) size: usize,
    /// Metadata to write before the first frame.
    #[arg(short, long, conflicts_with = "metadata_file")]
    pub(crate) metadata: Option<String>,
    /// File that holds the metadata.
    #[arg(long)]
    pub(crate) metadata_file: Option<PathBuf>,
    /// Content of frame k, counted from 0: byte i is (k + i) mod 256; SplitMix64 seeded
    /// with k; 0; 255.
    #[arg(long, value_enum, default_value = "sequential")]
    pub(crate) pattern: Pattern,
    /// Pause after each batch, in milliseconds.
    #[arg(long, default_value_t = 0)]
    pub(crate) delay_ms: u64,
    /// Frames per batch.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) batch_size: u64,
    /// Timeout for space, in milliseconds; 0 = no timeout.
    #[arg(long, default_value_t = 5000)]
    pub(crate) timeout_ms: u64,
    #[command(flatten)]
    pub(crate) output: OutputBuffer,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const READER_EXAMPLES: &str = "\
Examples:
  zerobuffer reader camera                       1000 frames of 1024 bytes
  zerobuffer reader camera -n 0 -s 0             all frames of any size, until the writer closes
  zerobuffer reader camera --verify sequential   check what `zerobuffer writer camera` writes";

#[derive(Debug, Args)]
pub(crate) struct ReaderArgs {
    /// Name of the buffer.
    pub(crate) buffer_name: String,
    #[command(flatten)]
    pub(crate) frames: ManyFrames,
    /// Expected bytes of each frame (such as 1024, 64KiB, 1MiB); 0 takes any.
    #[arg(short, long, default_value = "1024", value_parser = parse_bytes)]
    pub(crate) size: usize,
    /// Timeout for a frame, in milliseconds; 0 = no timeout.
    #[arg(long, default_value_t = 5000)]
    pub(crate) timeout_ms: u64,
    /// Pattern that the frames must have (see `writer --pattern`).
    #[arg(long, value_enum)]
    pub(crate) verify: Option<Verify>,
    /// Report the MD5 of the first 100 frames.
    #[arg(long)]
    pub(crate) checksum: bool,
    /// Accepted for the command lines of other programs; frames are always read one by one.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) batch_size: u64,
    /// Size of the ring; by default 1MiB, or four frames of --size if that is more.
    #[arg(long, value_parser = parse_bytes)]
    pub(crate) buffer_size: Option<usize>,
    /// Size of the metadata block.
    #[arg(long, default_value = "4096", value_parser = parse_bytes)]
    pub(crate) metadata_size: usize,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const RELAY_EXAMPLES: &str = "\
Examples (the reader first, then the relay, then the writer; each waits for the next):
  zerobuffer reader out --verify sequential &
  zerobuffer relay in out &
  zerobuffer writer in

  zerobuffer relay in out --transform xor --xor-key 0x55
  zerobuffer relay in out --buffer-size 16MiB    where /dev/shm is small";

#[derive(Debug, Args)]
pub(crate) struct RelayArgs {
    /// Name of the buffer to create and read from.
    pub(crate) input_buffer: String,
    /// Name of the buffer to write to.
    pub(crate) output_buffer: String,
    /// Frames to relay; 0 or less relays until the writer closes.
    #[arg(short = 'n', long, default_value_t = 0, allow_negative_numbers = true)]
    pub(crate) frames: i64,
    /// Accepted for the command lines of other programs: the output buffer belongs to its reader,
    /// which creates it, and the relay waits for that.
    #[arg(long)]
    pub(crate) create_output: bool,
    /// Size of the ring to read from.
    #[arg(long, default_value = "256MiB", value_parser = parse_bytes)]
    pub(crate) buffer_size: usize,
    /// Size of its metadata block.
    #[arg(long, default_value = "4096", value_parser = parse_bytes)]
    pub(crate) metadata_size: usize,
    /// Timeout for a frame and for space, in milliseconds; 0 = no timeout.
    #[arg(long, default_value_t = 5000)]
    pub(crate) timeout_ms: u64,
    /// Transform to apply to the bytes of each frame.
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) transform: TransformKind,
    /// Byte to combine with in `--transform xor` (such as 255 or 0xff).
    #[arg(long, default_value = "255", value_parser = parse_byte)]
    pub(crate) xor_key: u8,
    /// Frames between two lines of --verbose.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) log_interval: u64,
    #[command(flatten)]
    pub(crate) output: OutputBuffer,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

const INSPECT_EXAMPLES: &str = "\
Levels: healthy below 80 % of the ring in use; degraded from 80 %, or if the writer died; critical
from 95 %, or without a living reader.

Examples:
  zerobuffer inspect camera
  zerobuffer inspect camera --watch
  zerobuffer inspect camera --json | jq .health";

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Name of the buffer.
    pub(crate) buffer_name: String,
    /// Refresh until the buffer is gone or the command is interrupted.
    #[arg(short, long)]
    pub(crate) watch: bool,
    /// Refresh interval, in milliseconds.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) interval_ms: u64,
    /// Print JSON; with --watch one line per refresh.
    #[arg(long, visible_alias = "json-output")]
    pub(crate) json: bool,
}

const CLEAN_EXAMPLES: &str = "\
A buffer is stale if its reader and writer are dead and no process holds its lock. Each is checked
again, under its lock, before it is removed.

Examples:
  zerobuffer clean                 list stale buffers
  zerobuffer clean --yes           remove them
  zerobuffer clean camera --yes    this one only";

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    /// Names of the buffers to check; all by default.
    pub(crate) buffer_names: Vec<String>,
    /// Remove the listed buffers.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Directory of the lock files.
    #[arg(long, default_value = "/tmp/zerobuffer")]
    pub(crate) lock_dir: PathBuf,
    /// Print JSON.
    #[arg(long, visible_alias = "json-output")]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ManyFrames {
    /// Number of frames; 0 or less for no limit.
    #[arg(short = 'n', long, default_value_t = 1000, allow_negative_numbers = true)]
    frames: i64,
}

impl ManyFrames {
    pub(crate) fn limit(&self) -> Option<u64> {
        limit(self.frames)
    }
}

/// Connecting to and leaving the output buffer.
#[derive(Debug, Args)]
pub(crate) struct OutputBuffer {
    /// Timeout for the reader of the buffer to create it, in milliseconds.
    #[arg(long, default_value_t = 5000)]
    pub(crate) wait_ms: u64,
    /// Time to stay connected until all frames are read, in milliseconds. Some readers take the
    /// end of the writer for the end of the stream, even with unread frames.
    #[arg(long, default_value_t = 5000)]
    pub(crate) linger_ms: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Print the result as JSON.
    #[arg(long, visible_alias = "json")]
    pub(crate) json_output: bool,
    /// Log progress to stderr.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Verify {
    None,
    Sequential,
    Random,
    Zero,
    Ones,
}

impl Verify {
    pub(crate) fn pattern(self) -> Option<Pattern> {
        match self {
            Self::None => None,
            Self::Sequential => Some(Pattern::Sequential),
            Self::Random => Some(Pattern::Random),
            Self::Zero => Some(Pattern::Zero),
            Self::Ones => Some(Pattern::Ones),
        }
    }
}

/// Converts the number of frames of the command line; `None` means no limit.
pub(crate) fn limit(frames: i64) -> Option<u64> {
    u64::try_from(frames).ok().filter(|&frames| frames > 0)
}

/// Converts a timeout of the command line; 0 means none.
pub(crate) fn timeout(milliseconds: u64) -> Duration {
    match milliseconds {
        0 => Duration::MAX,
        some => Duration::from_millis(some),
    }
}

/// The reason why a text of the command line is not a number of bytes, or not a byte.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum NumberError {
    #[error("expected a number of bytes, optionally with KiB, MiB or GiB")]
    Unit,
    #[error("it does not start with a number")]
    NoNumber,
    #[error("it is too large")]
    TooLarge,
    #[error("expected a number from 0 to 255, or 0x00 to 0xff")]
    NotAByte,
}

fn parse_bytes(text: &str) -> Result<usize, NumberError> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        _ => return Err(NumberError::Unit),
    };
    let number: usize = number.parse().map_err(|_| NumberError::NoNumber)?;
    number.checked_mul(1 << shift).ok_or(NumberError::TooLarge)
}

fn parse_byte(text: &str) -> Result<u8, NumberError> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| NumberError::NotAByte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_definition_is_valid() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn sizes_parse_with_and_without_units() {
        for (text, bytes) in [
            ("0", 0),
            ("1024", 1024),
            ("64K", 64 << 10),
            ("64 KiB", 64 << 10),
            ("256MiB", 256 << 20),
            ("1g", 1 << 30),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for bad in ["", "x", "-1", "1.5MiB", "12TB", "99999999999999999999", "20000000000GiB"] {
            assert!(parse_bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn byte_is_decimal_or_hexadecimal() {
        assert_eq!((parse_byte("255"), parse_byte("0x5A")), (Ok(255), Ok(0x5a)));
        assert!(parse_byte("256").is_err() && parse_byte("0x100").is_err());
    }

    #[test]
    fn zero_or_negative_frames_mean_no_limit() {
        assert_eq!((limit(7), limit(0), limit(-1)), (Some(7), None, None));
    }
}
