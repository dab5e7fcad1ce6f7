//! The ring by itself: this program starts itself once more as the writer and reads.
//!
//! `cargo run -p two-process-ring --bin plain`
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "an example talks to people")]

use std::error::Error;
use std::process::{Child, Command};
use std::time::Duration;

use zerobuffer::{BufferConfig, Reader, Writer};

/// What one process waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", ring] => write(ring),
        [] => read(&format!("plain-{}", std::process::id())),
        _ => Err("usage: plain".into()),
    }
}

/// The parent: creates the ring, starts the writer and takes frame after frame.
fn read(ring: &str) -> Result<(), Box<dyn Error>> {
    // Room for 4 KiB: the writer waits whenever that is full.
    let mut reader = Reader::create(ring, BufferConfig::new(64, 4096)?)?;
    let mut writer = Writing(Command::new(std::env::current_exe()?).args(["write", ring]).spawn()?);
    let (mut frames, mut bytes) = (0, 0);
    loop {
        match reader.read(PATIENCE) {
            // The bytes are where the writer put them; dropping `frame` gives their room back.
            Ok(Some(frame)) => {
                frames += 1;
                bytes += frame.len();
            }
            Ok(None) => return Err(format!("no frame came within {PATIENCE:?}").into()),
            // The writer has left, and everything it wrote was read.
            Err(zerobuffer::Error::WriterClosed { .. }) => break,
            // Such as `WriterDead` where it was killed.
            Err(error) => return Err(error.into()),
        }
    }
    let metadata = reader.metadata()?.ok_or("the writer has written no metadata")?;
    let status = writer.0.wait()?;
    println!("{}: {frames} frames, {bytes} bytes; writer: {status}", String::from_utf8(metadata)?);
    Ok(())
}

/// The child: opens the ring and fills frames in place.
fn write(ring: &str) -> Result<(), Box<dyn Error>> {
    let mut writer = Writer::open_wait(ring, PATIENCE)?;
    writer.set_metadata(b"frames of rising length")?;
    for length in 1..=100 {
        let mut frame = writer.reserve(length)?;
        frame.fill(length as u8);
        frame.commit()?;
    }
    Ok(()) // Dropping the writer ends the stream.
}

/// A child that does not outlive this process's interest in it.
struct Writing(Child);

impl Drop for Writing {
    fn drop(&mut self) {
        // It has ended, or it is to end: both are well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
