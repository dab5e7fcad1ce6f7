//! Transports for the frames of a sample: this crate, a pipe, a Unix socket.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{FcntlArg, fcntl};
use zerobuffer::{BufferConfig, Reader, Writer, WriterOptions};

use crate::driver::{ReceiveEnd, SendEnd};

const SAMPLE_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) struct RingSender(Writer);

impl RingSender {
    pub(crate) fn open_with(name: &str, options: WriterOptions) -> Self {
        let options = options.write_timeout(SAMPLE_TIMEOUT);
        Self(options.open_timeout(name, SAMPLE_TIMEOUT).expect("a buffer to write to"))
    }
}

impl SendEnd for RingSender {
    fn send(&mut self, frame: &[u8]) {
        self.0.write(frame).expect("space for a frame");
    }

    fn send_loaned(&mut self, len: usize, stamp: u64) {
        let mut slot = self.0.reserve(len).expect("space for a frame");
        slot[..8].copy_from_slice(&stamp.to_le_bytes());
        slot.commit().expect("an announcement");
    }
}

pub(crate) struct RingReceiver(Reader);

impl RingReceiver {
    pub(crate) fn create(
        name: &str,
        ring: usize,
        choose: impl Fn(BufferConfig) -> BufferConfig,
    ) -> Self {
        let config = choose(BufferConfig::new(64, ring).expect("a size"));
        Self(Reader::create(name, config).expect("a buffer"))
    }
}

impl ReceiveEnd for RingReceiver {
    fn receive<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        look(&self.0.read(SAMPLE_TIMEOUT).expect("a frame, not an error").expect("a frame in time"))
    }
}

/// A byte stream; its frames are of one length.
pub(crate) struct StreamSender<S>(S);

impl StreamSender<UnixStream> {
    pub(crate) fn connect(path: &Path) -> Self {
        loop {
            if let Ok(stream) = UnixStream::connect(path) {
                return Self(stream);
            }
            std::thread::yield_now();
        }
    }
}

impl StreamSender<File> {
    pub(crate) fn open(path: &Path) -> Self {
        Self(open_fifo(path))
    }
}

impl<S: Write> SendEnd for StreamSender<S> {
    fn send(&mut self, frame: &[u8]) {
        self.0.write_all(frame).expect("a stream that takes it");
    }

    fn send_loaned(&mut self, _: usize, _: u64) {
        unreachable!("a stream lends no memory")
    }
}

pub(crate) struct StreamReceiver<S> {
    source: Source<S>,
    frame: Vec<u8>,
}

enum Source<S> {
    Open(S),
    Listening(UnixListener, fn(UnixStream) -> S),
}

impl StreamReceiver<UnixStream> {
    pub(crate) fn bind(path: &Path, len: usize) -> Self {
        let listener = UnixListener::bind(path).expect("a socket");
        Self { source: Source::Listening(listener, |stream| stream), frame: vec![0; len] }
    }
}

impl StreamReceiver<File> {
    pub(crate) fn open(path: &Path, len: usize) -> Self {
        Self { source: Source::Open(open_fifo(path)), frame: vec![0; len] }
    }
}

impl<S: Read> ReceiveEnd for StreamReceiver<S> {
    fn receive<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        if let Source::Listening(listener, open) = &self.source {
            self.source = Source::Open(open(listener.accept().expect("a connection").0));
        }
        let Source::Open(stream) = &mut self.source else { unreachable!("opened above") };
        stream.read_exact(&mut self.frame).expect("a whole frame");
        look(&self.frame)
    }
}

/// Opened for both directions, so that neither end waits for the other here.
fn open_fifo(path: &Path) -> File {
    let file = File::options().read(true).write(true).open(path).expect("the pipe");
    // As large as users without privileges get it; failing leaves the default.
    let _ = fcntl(&file, FcntlArg::F_SETPIPE_SZ(1 << 20));
    file
}

pub(crate) fn make_fifo(path: &Path) {
    nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o600)).expect("a pipe");
}

/// Files that carriers leave, for the parent to remove.
pub(crate) fn files_of(name: &str) -> impl Iterator<Item = PathBuf> {
    ["a", "b"].into_iter().flat_map(move |end| {
        let shared = Path::new("/dev/shm");
        [
            std::env::temp_dir().join(format!("{name}-{end}")),
            shared.join(format!("{name}-{end}")),
            // The Python library leaves these.
            shared.join(format!("sem.sem-w-{name}-{end}")),
            shared.join(format!("sem.sem-r-{name}-{end}")),
        ]
    })
}
