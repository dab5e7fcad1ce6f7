//! 15: streams and channels whose processes may be killed, paused or delayed at any moment.
//!
//! A death is accepted as the reason of an end only if the process has really ended.

use std::thread;

use harmony_bdd::{StepContext, given, then, when};
use zerobuffer::{BufferConfig, DuplexClient, Error};

use super::expectation::{StepResult, ensure, expect, expect_bytes, expected_within, text};
use crate::state::{
    BufferNames, FaultyStream, Readers, StreamEnd, Writers, died, frame_len, pattern,
};

/// Announces the process to those that check later whether it has died.
#[given(expr = "the {string} process announces its process id")]
fn announce_process(context: &StepContext, process: String) {
    context.set_shared(process_id_of(&process), std::process::id().to_string());
}

/// Checks that the process of a role has ended, if it was there to announce itself.
fn has_died(context: &StepContext, role: &str) -> StepResult {
    match context.get_shared(&process_id_of(role)) {
        Some(pid) => died(pid.parse().map_err(text)?),
        None => Ok(()),
    }
}

fn process_id_of(role: &str) -> String {
    format!("process id of {role}")
}

/// The name under which a reader shares the number of the next frame.
const NEXT_NUMBER: &str = "next number";

#[when(expr = "the {string} process connects to buffer {string}, unless the reader died")]
fn connect(
    context: &StepContext,
    writers: &mut Writers,
    stream: &mut FaultyStream,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    match writers.connect(&process, &buffer, names) {
        Ok(()) => Ok(()),
        // It was killed before it had created its buffer.
        Err(Error::NotFound { .. } | Error::NotReady { .. }) => {
            stream.set_reader_died();
            has_died(context, "reader")
        }
        Err(error) => stream.accept_death(error),
    }
}

#[when(expr = "the {string} process starts writing '{int}' frames of different sizes")]
fn start_writing(
    writers: &mut Writers,
    stream: &mut FaultyStream,
    _process: String,
    count: u64,
) -> StepResult {
    if writers.is_empty() && stream.reader_died() {
        return Ok(());
    }
    stream.start(writers.take_current()?, count)
}

#[then(expr = "the {string} process has written all its frames", timeout_ms = 120_000)]
fn has_written_all(stream: &mut FaultyStream, _process: String) -> StepResult {
    stream.finish()
}

#[then(
    expr = "the {string} process has written all its frames, unless the reader died",
    timeout_ms = 120_000
)]
fn has_written(stream: &mut FaultyStream, _process: String) -> StepResult {
    stream.finish_or_accept_death()
}

#[then(expr = "the {string} process reads the stream intact to its end", timeout_ms = 120_000)]
fn read_to_end(readers: &mut Readers, stream: &mut FaultyStream, _process: String) -> StepResult {
    let reader = readers.current()?;
    let begin = reader.end().next_sequence();
    let end = loop {
        let expected = reader.end().next_sequence();
        match reader.attempt(expected_within()) {
            Ok(Some(frame)) => {
                expect("sequence", frame.sequence, expected)?;
                expect("length", frame.len, frame_len(frame.sequence))?;
                // A writer that reuses space too early needs a moment for it.
                for _ in 0..2 {
                    let (_, bytes) = reader.held()?;
                    pattern::check_frame(bytes, frame.sequence)
                        .map_err(|e| format!("frame {}: {e}", frame.sequence))?;
                    thread::yield_now();
                }
                reader.release()?;
                reader.forget_received();
            }
            Err(Error::WriterClosed { .. }) => break StreamEnd::Closed,
            Err(Error::WriterDead { pid, .. }) => {
                died(pid)?;
                break StreamEnd::Died;
            }
            // A writer that was killed before it connected.
            Ok(None) if !reader.end().is_writer_connected() => break StreamEnd::NoWriter,
            Ok(None) => return Err("no frame arrived from a writer that lives".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
    };
    stream.read(reader.end().next_sequence() - begin, end);
    Ok(())
}

#[then(expr = "the {string} process has read '{int}' frames")]
fn has_read_all(stream: &mut FaultyStream, _process: String, count: u64) -> StepResult {
    expect("frames read, and their end", stream.last_read()?, (count, StreamEnd::Closed))
}

#[then(expr = "the {string} process has read '{int}' frames, unless the writer died")]
fn has_read(
    context: &StepContext,
    stream: &mut FaultyStream,
    _process: String,
    count: u64,
) -> StepResult {
    match stream.last_read()? {
        (frames, StreamEnd::Closed) => expect("frames read", frames, count),
        (frames, StreamEnd::Died) => {
            ensure(frames <= count, || format!("{frames} frames arrived from a writer of {count}"))
        }
        (frames, StreamEnd::NoWriter) => {
            expect("frames read without a writer", frames, 0)?;
            has_died(context, "writer")
        }
    }
}

#[when(expr = "the {string} process announces the number of the next frame")]
fn announce_number(context: &StepContext, readers: &mut Readers, _process: String) -> StepResult {
    let number = readers.current()?.end().next_sequence();
    context.set_shared(NEXT_NUMBER, number.to_string());
    Ok(())
}

#[when(expr = "a new {string} process continues buffer {string} with the announced number")]
fn continue_buffer(
    context: &StepContext,
    writers: &mut Writers,
    stream: &mut FaultyStream,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    // Without a runner this process has the former writer too.
    stream.wait()?;
    let number = context.get_shared(NEXT_NUMBER).ok_or("no number was announced")?;
    let number = number.parse().map_err(text)?;
    writers.follow(&process, &buffer, names, number).map_err(text)
}

#[when(expr = "a new {string} process creates buffer {string} again with payload size '{int}'")]
fn create_again(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
    payload_size: usize,
) -> StepResult {
    readers.close_all()?;
    let config = BufferConfig::new(0, payload_size).map_err(text)?;
    readers.create(&process, &buffer, names, config).map_err(text)
}

/// The exchange of the client of this process.
#[derive(Debug, Default)]
struct Exchanged {
    responses: u64,
    /// The error that the exchange ended with.
    error: Option<Error>,
}

#[when(
    expr = "the/a (second ){string} process exchanges '{int}' requests of different sizes on channel {string}",
    timeout_ms = 120_000
)]
fn exchange(
    exchanged: &mut Exchanged,
    names: &mut BufferNames,
    _process: String,
    count: u64,
    channel: String,
) -> StepResult {
    *exchanged = Exchanged::default();
    let mut client = match DuplexClient::connect(names.unique(&channel), expected_within()) {
        Ok(client) => client,
        Err(error) => {
            exchanged.error = Some(error);
            return Ok(());
        }
    };
    for number in 1..=count {
        let request = pattern::frame(frame_len(number), number);
        match client.request(&request, expected_within()) {
            Ok(Some(response)) => {
                expect_bytes(&format!("response {number}"), &response, &request)?;
                exchanged.responses += 1;
            }
            Ok(None) => return Err(format!("no response to request {number} of a living server")),
            Err(error) => {
                exchanged.error = Some(error);
                return Ok(());
            }
        }
    }
    Ok(())
}

#[then(expr = "the (second ){string} process has got '{int}' responses")]
fn has_got_all(exchanged: &Exchanged, _process: String, count: u64) -> StepResult {
    let error = exchanged.error.as_ref().map(ToString::to_string);
    expect("responses, and the error", (exchanged.responses, error), (count, None))
}

#[then(expr = "the {string} process has got '{int}' responses, unless the server died")]
fn has_got(
    context: &StepContext,
    exchanged: &Exchanged,
    process: String,
    count: u64,
) -> StepResult {
    match &exchanged.error {
        None => has_got_all(exchanged, process, count),
        // It was killed before it had created its channel.
        Some(Error::NotFound { .. } | Error::NotReady { .. }) => has_died(context, "server"),
        Some(Error::WriterDead { pid, .. } | Error::ReaderDead { pid: Some(pid), .. }) => {
            died(*pid)
        }
        Some(error) => Err(error.to_string()),
    }
}
