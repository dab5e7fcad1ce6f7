//! Random streams: the reader neither panics nor hangs, and its result for a stream
//! does not depend on how the bytes arrive.
//!
//! `HARMONY_BDD_FUZZ_SECONDS` sets for how long; the seeds are the same every time and a failure
//! names its own.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use harmony_bdd::harmony::protocol::framing::FrameReader;
use harmony_bdd::harmony::serve::{ServeOptions, serve};

use super::steps;

/// xorshift64*: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a [u8]]) -> &'a [u8] {
        from[self.below(from.len())]
    }
}

const PIECES: &[&[u8]] = &[
    b"Content-Length: 52\r\n\r\n",
    b"content-length:2\n\n{}",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: 99999999999\r\n\r\n",
    b"Content-Length: 70000000\r\n\r\n",
    b"Content-Length: 0\r\n\r\n",
    b"Content-Length",
    b"Content-Type: text\r\n",
    b"\r\n",
    b"\n",
    b":",
    b" ",
    b"\x00\xff\xfe",
    b"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"health\",\"params\":[]}",
    b"{\"id\":3,\"method\":\"executeStep\",\"params\":[{\"Step\":\"nothing happens\"}]}",
    b"{\"id\":4,\"method\":\"executeStep\",\"params\":[{\"Step\":\"it panics\",\"Context\":{\"a\":[]}}]}",
    b"{\"id\":5,\"method\":\"cleanup\"}",
    b"{\"id\":6,\"method\":\"discover\"}",
    b"[[[[[[",
    b"\"\\ud800\"",
    b"\xef\xbb\xbf",
];

/// Frames and rubble, then some bytes changed, taken out or doubled.
fn stream(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..random.below(8) {
        if random.below(2) == 0 {
            let body = random.pick(&PIECES[13..18]);
            bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            bytes.extend_from_slice(body);
        } else {
            let times = if random.below(20) == 0 { random.below(12_000) } else { 1 };
            let piece = random.pick(PIECES);
            bytes.extend(piece.iter().cycle().take(piece.len() * times));
        }
    }
    for _ in 0..random.below(6) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes[at] = random.next().to_le_bytes()[0],
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, bytes[at]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// Returns the frames and errors of a stream that arrives in pieces of `size` bytes.
fn read_all(bytes: &[u8], size: usize) -> Vec<String> {
    let mut frames = FrameReader::new(Pieces(bytes, size));
    let mut written = Vec::new();
    loop {
        match frames.next_frame() {
            Ok(Some(body)) => written.push(format!("frame {}", String::from_utf8_lossy(body))),
            Ok(None) => return written,
            Err(error) => written.push(error.to_string()),
        }
        assert!(written.len() <= bytes.len() + 1, "the reader does not get on");
    }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rubble_neither_breaks_nor_holds_up_the_reader() {
    let seconds = std::env::var("HARMONY_BDD_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(2));
    let mut seed = 0;
    while Instant::now() < until || seed < 200 {
        seed += 1;
        let mut random = Random::new(seed);
        let bytes = stream(&mut random);
        let whole = read_all(&bytes, usize::MAX);
        let size = 1 + random.below(64);
        assert_eq!(read_all(&bytes, size), whole, "seed {seed}, pieces of {size} bytes");
        if seed % 50 == 0 {
            let written = Written::default();
            let input = io::Cursor::new(bytes);
            serve(input, written.clone(), steps::registry(), ServeOptions::default()).unwrap();
            let replies = written.0.lock().unwrap().clone();
            for line in read_all(&replies, usize::MAX) {
                assert!(
                    line.starts_with("frame {\"jsonrpc\":\"2.0\",\"id\":"),
                    "seed {seed}: {line}"
                );
            }
        }
    }
    let _ = writeln!(io::stderr(), "{seed} streams");
}
