//! Forked children: they must not hold the locks of their parent, nor act in its place.
//!
//! A child inherits every open file, and a lock lasts as long as one process has the file open. So
//! a fork handler closes the files of locks in the child. It also counts forks, because a process id
//! alone does not distinguish a child in another PID namespace from its parent.

use std::fs::File;
use std::ops::Deref;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

const UNUSED: RawFd = -1;

/// Forks between this process and the one that registered the handler.
static FORKS: AtomicU32 = AtomicU32::new(0);

static FIRST: Entry = Entry { file: AtomicI32::new(UNUSED), next: OnceLock::new() };

/// A file to be closed in forked children. Entries are reused and never freed, so that the handler
/// can walk the list without a lock, which another thread could hold during the fork.
#[derive(Debug)]
struct Entry {
    file: AtomicI32,
    next: OnceLock<&'static Entry>,
}

unsafe extern "C" {
    /// Registers handlers that `fork` calls.
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> libc::c_int;
}

/// Identity of this process, which differs from that of its parent and of its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u64);

impl Process {
    /// No process.
    pub(crate) const NONE: Self = Self(0);

    pub(crate) fn current() -> Self {
        install();
        // Relaxed: changed only while a child has a single thread.
        let forks = FORKS.load(Ordering::Relaxed);
        Self(u64::from(forks) << 32 | u64::from(std::process::id()))
    }

    pub(crate) fn is_current(self) -> bool {
        self == Self::current()
    }

    pub(crate) const fn to_bits(self) -> u64 {
        self.0
    }
}

/// An open file that forked children close.
#[derive(Debug)]
pub(crate) struct ForkClosedFile {
    /// `None` only while it is dropped.
    file: Option<File>,
    entry: &'static Entry,
    process: Process,
}

impl ForkClosedFile {
    pub(crate) fn new(file: File) -> Self {
        let process = Process::current();
        let entry = register(file.as_raw_fd());
        Self { file: Some(file), entry, process }
    }
}

impl ForkClosedFile {
    /// Returns whether this process has opened the file, so that it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.process.is_current()
    }
}

impl Deref for ForkClosedFile {
    type Target = File;

    fn deref(&self) -> &File {
        self.file.as_ref().expect("the file is present until it is dropped")
    }
}

impl Drop for ForkClosedFile {
    fn drop(&mut self) {
        if self.process.is_current() {
            // Before the file is closed, since its number may be reused at once.
            // Release: pairs with the Acquire of the next owner of the entry in `register`.
            self.entry.file.store(UNUSED, Ordering::Release);
        } else {
            // The handler has closed it; its number may belong to another file by now.
            std::mem::forget(self.file.take());
        }
    }
}

fn register(file: RawFd) -> &'static Entry {
    let mut entry = &FIRST;
    loop {
        // AcqRel: Acquire pairs with the Release in `drop`, Release with the Acquire in the handler.
        // Relaxed: an entry in use is left alone.
        let free = entry.file.compare_exchange(UNUSED, file, Ordering::AcqRel, Ordering::Relaxed);
        if free.is_ok() {
            return entry;
        }
        entry = entry.next.get_or_init(|| {
            Box::leak(Box::new(Entry { file: AtomicI32::new(UNUSED), next: OnceLock::new() }))
        });
    }
}

fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        // SAFETY: the handler is a plain function without unwinding that calls only functions safe in
        // a child with one thread. Should there be no memory for it, children keep the files.
        unsafe { pthread_atfork(None, None, Some(in_child)) };
    });
}

/// Runs in a forked child, which has one thread.
extern "C" fn in_child() {
    // Relaxed: there is no other thread.
    FORKS.fetch_add(1, Ordering::Relaxed);
    let mut next = Some(&FIRST);
    while let Some(entry) = next {
        // Acquire: pairs with the Release in `register`.
        let file = entry.file.swap(UNUSED, Ordering::Acquire);
        if file != UNUSED {
            let _ = nix::unistd::close(file);
        }
        next = entry.next.get().copied();
    }
}
