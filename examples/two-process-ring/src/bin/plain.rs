//! The ring used directly: this program reads, and starts itself again as the writer.
//!
//! `cargo run -p two-process-ring --bin plain`
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::process::{Child, Command};
use std::time::Duration;

use zerobuffer::{BufferConfig, Reader, Writer};

/// Timeout for the other process.
const TIMEOUT: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", ring] => write(ring),
        [] => read(&format!("plain-{}", std::process::id())),
        _ => Err("usage: plain".into()),
    }
}

/// The parent: creates the ring, starts the writer and reads every frame.
fn read(ring: &str) -> Result<(), Box<dyn Error>> {
    // 4 KiB of space: the writer waits while the ring is full.
    let mut reader = Reader::create(ring, BufferConfig::new(64, 4096)?)?;
    let mut writer = Writing(Command::new(std::env::current_exe()?).args(["write", ring]).spawn()?);
    let (mut frames, mut bytes) = (0, 0);
    loop {
        match reader.read(TIMEOUT) {
            // The bytes are in shared memory, where the writer wrote them; dropping `frame` frees
            // the space.
            Ok(Some(frame)) => {
                frames += 1;
                bytes += frame.len();
            }
            Ok(None) => return Err(format!("no frame arrived within {TIMEOUT:?}").into()),
            // The writer has closed the ring, and all frames were read.
            Err(zerobuffer::Error::WriterClosed { .. }) => break,
            // For example `WriterDead` if the writer was killed.
            Err(error) => return Err(error.into()),
        }
    }
    let metadata = reader.metadata()?.ok_or("the writer has written no metadata")?;
    let status = writer.0.wait()?;
    println!("{}: {frames} frames, {bytes} bytes; writer: {status}", String::from_utf8(metadata)?);
    Ok(())
}

/// The child: opens the ring and writes frames in place.
fn write(ring: &str) -> Result<(), Box<dyn Error>> {
    let mut writer = Writer::open_timeout(ring, TIMEOUT)?;
    writer.set_metadata(b"frames of rising length")?;
    for length in 1..=100 {
        let mut frame = writer.reserve(length)?;
        frame.fill(length as u8);
        frame.commit()?;
    }
    Ok(()) // Dropping the writer ends the stream.
}

/// Kills the child process when dropped.
struct Writing(Child);

impl Drop for Writing {
    fn drop(&mut self) {
        // Fails if the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
