//! Named POSIX semaphores by way of the C library, whose file format the peers share.
//!
//! The meaning of the count is up to the user. Interrupted waits are resumed here.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs::{self, File};
use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use libc::{clockid_t, mode_t, sem_t, timespec};
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::linkat;

use crate::deadline::{monotonic_now, wall_now};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// An open semaphore.
#[derive(Debug)]
pub(crate) struct Semaphore(NonNull<sem_t>);

// SAFETY: POSIX lets every thread of a process use an open semaphore, from any number at a time.
unsafe impl Send for Semaphore {}
// SAFETY: as for `Send`; all operations take the semaphore by shared reference in C, too.
unsafe impl Sync for Semaphore {}

impl Semaphore {
    /// Creates a semaphore at 0 and its file at `path`; one of that name must not exist.
    ///
    /// The C library would make a file of a random name first and stay with it when killed, so the
    /// file is made without a name where the system can do that.
    pub(crate) fn create(name: &str, path: &Path, mode: mode_t) -> io::Result<Self> {
        match create_file(path, mode) {
            Ok(()) => Self::open(name).inspect_err(|_| {
                // Created here a moment ago. If this fails, the next reader of the name removes it.
                let _ = fs::remove_file(path);
            }),
            Err(error) if is_final(&error) => Err(error),
            Err(_) => Self::open_with(name, libc::O_CREAT | libc::O_EXCL, mode),
        }
    }

    /// Opens an existing semaphore.
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        Self::open_with(name, 0, 0)
    }

    fn open_with(name: &str, flags: c_int, mode: mode_t) -> io::Result<Self> {
        let (name, value) = (CString::new(name)?, 0_u32);
        // SAFETY: `name` ends with NUL and the two variadic arguments are those `O_CREAT` asks for.
        let opened = unsafe { libc::sem_open(name.as_ptr(), flags, mode, value) };
        if opened == libc::SEM_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(opened).map(Self).ok_or_else(|| io::ErrorKind::Other.into())
    }

    /// Adds one; `false` if the count is at its maximum.
    pub(crate) fn post(&self) -> io::Result<bool> {
        // SAFETY: the semaphore stays open as long as `self`.
        match check(unsafe { libc::sem_post(self.0.as_ptr()) }) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EOVERFLOW) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes one if available; [`try_wait`](Self::try_wait) reports errors.
    #[inline]
    pub(crate) fn took_one(&self) -> bool {
        // SAFETY: the semaphore stays open as long as `self`.
        unsafe { libc::sem_trywait(self.0.as_ptr()) == 0 }
    }

    /// Takes up to `most` at once, and returns how many. The same as to take one again and again, without
    /// the other side's posts in between.
    #[inline]
    pub(crate) fn take_up_to(&self, most: u32) -> u32 {
        let count = self.count();
        // Relaxed: the exchange below fails if this was not the newest value.
        let mut seen = count.load(Ordering::Relaxed);
        loop {
            let taken = (seen as u32).min(most);
            if taken == 0 {
                return 0;
            }
            let left = seen - u64::from(taken);
            // Acquire: pairs with the Release in `sem_post`, as in `sem_trywait`. Relaxed: a failure
            // takes nothing.
            match count.compare_exchange_weak(seen, left, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return taken,
                Err(now) => seen = now,
            }
        }
    }

    /// Adds one; [`post`](Self::post) reports errors.
    #[inline]
    pub(crate) fn added_one(&self) -> bool {
        // SAFETY: the semaphore stays open as long as `self`.
        unsafe { libc::sem_post(self.0.as_ptr()) == 0 }
    }

    /// Takes one if available.
    pub(crate) fn try_wait(&self) -> io::Result<bool> {
        retry_interrupted(|| {
            // SAFETY: the semaphore stays open as long as `self`.
            check(unsafe { libc::sem_trywait(self.0.as_ptr()) })
        })
    }

    /// Takes one, sleeping for it until the monotonic clock shows `nanos`; `false` if none came.
    pub(crate) fn wait_until(&self, nanos: u64) -> io::Result<bool> {
        match clock_wait() {
            Some(clock_wait) => {
                let until = to_timespec(nanos);
                retry_interrupted(|| {
                    // SAFETY: the semaphore stays open as long as `self`, `until` outlives the
                    // call, and the function pointer is that of `sem_clockwait`.
                    check(unsafe { clock_wait(self.0.as_ptr(), libc::CLOCK_MONOTONIC, &until) })
                })
            }
            None => self.wait_by_wall_clock(nanos),
        }
    }

    /// [`Self::wait_until`] where the C library cannot wait by the monotonic clock. Callers wait in
    /// short slices, so a step of the wall clock costs one slice.
    fn wait_by_wall_clock(&self, nanos: u64) -> io::Result<bool> {
        let left = nanos.saturating_sub(monotonic_now());
        let until = to_timespec(wall_now().saturating_add(left));
        retry_interrupted(|| {
            // SAFETY: the semaphore stays open as long as `self` and `until` outlives the call.
            check(unsafe { libc::sem_timedwait(self.0.as_ptr(), &until) })
        })
    }

    /// Returns the count at this moment.
    #[inline]
    pub(crate) fn value(&self) -> u32 {
        // Relaxed: a unit is taken before anything depends on it.
        self.count().load(Ordering::Relaxed) as u32
    }

    /// Returns whether a thread of any process sleeps here at this moment.
    #[inline]
    pub(crate) fn has_sleepers(&self) -> bool {
        // Relaxed: a sleeper that comes later looks for itself first.
        self.count().load(Ordering::Relaxed) >> 32 != 0
    }

    /// The count in the lower half, the sleepers in the upper one: the format of the C library, which
    /// its processes share and which so cannot change.
    #[inline]
    fn count(&self) -> &AtomicU64 {
        // SAFETY: the semaphore stays open as long as `self`; it begins with this number, aligned, which
        // the C library changes by atomic operations only.
        unsafe { self.0.cast::<AtomicU64>().as_ref() }
    }
}

impl Drop for Semaphore {
    fn drop(&mut self) {
        // SAFETY: opened in `open_with` and closed here only. The name stays.
        unsafe { libc::sem_close(self.0.as_ptr()) };
    }
}

/// Returns whether the C library would fail for the same reason.
fn is_final(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::StorageFull)
}

/// Creates the file of a semaphore at 0, complete from the moment it has its name.
fn create_file(path: &Path, mode: mode_t) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut unnamed = File::options()
        .read(true)
        .write(true)
        .mode(mode)
        .custom_flags(libc::O_TMPFILE)
        .open(directory)?;
    unnamed.write_all(&new_semaphore()?)?;
    let itself = format!("/proc/self/fd/{}", unnamed.as_raw_fd());
    linkat(AT_FDCWD, Path::new(&itself), AT_FDCWD, path, AtFlags::AT_SYMLINK_FOLLOW)?;
    Ok(())
}

/// Returns the bytes of a shared semaphore at 0, as the C library lays them out.
fn new_semaphore() -> io::Result<[u8; size_of::<sem_t>()]> {
    let mut semaphore = MaybeUninit::<sem_t>::zeroed();
    // SAFETY: `semaphore` is a place for one; it is never waited for here and needs no end.
    check(unsafe { libc::sem_init(semaphore.as_mut_ptr(), 1, 0) })?;
    // SAFETY: all bytes were zeroed before and so are initialized, padding included; no byte array
    // has an invalid value, and the sizes are equal.
    Ok(unsafe { std::mem::transmute::<MaybeUninit<sem_t>, [u8; size_of::<sem_t>()]>(semaphore) })
}

fn check(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Repeats `take` while a signal interrupts it; `false` if there was nothing to take.
fn retry_interrupted(mut take: impl FnMut() -> io::Result<()>) -> io::Result<bool> {
    loop {
        let Err(error) = take() else { return Ok(true) };
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EAGAIN | libc::ETIMEDOUT) => return Ok(false),
            _ => return Err(error),
        }
    }
}

fn to_timespec(nanos: u64) -> timespec {
    // Seconds of a u64 of nanoseconds fit every time_t that is 64 bits wide.
    timespec {
        tv_sec: (nanos / NANOS_PER_SECOND) as libc::time_t,
        tv_nsec: (nanos % NANOS_PER_SECOND) as libc::c_long,
    }
}

type ClockWait = unsafe extern "C" fn(*mut sem_t, clockid_t, *const timespec) -> c_int;

/// `sem_clockwait`, which glibc has since 2.30 and other C libraries may lack.
fn clock_wait() -> Option<ClockWait> {
    static FOUND: OnceLock<Option<ClockWait>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        find(c"sem_clockwait").map(|function| {
            // SAFETY: a C library that exports the name gives it this signature.
            unsafe { std::mem::transmute::<NonNull<c_void>, ClockWait>(function) }
        })
    })
}

fn find(symbol: &CStr) -> Option<NonNull<c_void>> {
    let symbol: *const c_char = symbol.as_ptr();
    // SAFETY: `symbol` ends with NUL; looking a name up has no other requirement.
    NonNull::new(unsafe { libc::dlsym(libc::RTLD_DEFAULT, symbol) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::sync::atomic::AtomicU32;

    struct Named(String, Semaphore);

    fn path(name: &str) -> PathBuf {
        format!("/dev/shm/sem.{}", &name[1..]).into()
    }

    impl Named {
        fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("/zerobuffer-unit-{}-{count}", std::process::id());
            let semaphore = Semaphore::create(&name, &path(&name), 0o666).unwrap();
            Self(name, semaphore)
        }
    }

    impl Drop for Named {
        fn drop(&mut self) {
            fs::remove_file(path(&self.0)).unwrap();
        }
    }

    #[test]
    fn semaphore_file_equals_that_of_the_c_library() {
        let Named(ours, _) = &Named::new();
        let theirs = format!("{ours}-theirs");
        let opened = Semaphore::open_with(&theirs, libc::O_CREAT | libc::O_EXCL, 0o666).unwrap();
        let theirs = Named(theirs, opened);
        let look = |name: &str| {
            let mode = fs::metadata(path(name)).unwrap().permissions();
            (fs::read(path(name)).unwrap(), mode)
        };
        assert_eq!(look(ours), look(&theirs.0));
    }

    #[test]
    fn counts_up_and_down() {
        let Named(name, semaphore) = &Named::new();
        assert!(!semaphore.try_wait().unwrap());
        assert!(semaphore.post().unwrap());
        assert!(Semaphore::open(name).unwrap().post().unwrap());
        assert_eq!(semaphore.value(), 2);
        assert!(semaphore.try_wait().unwrap());
        assert!(semaphore.wait_until(0).unwrap(), "a unit is taken even after the deadline");
        assert!(!semaphore.wait_until(monotonic_now() + 1_000_000).unwrap());
        assert_eq!(semaphore.value(), 0);
    }

    #[test]
    fn taking_several_equals_taking_each() {
        let Named(_, semaphore) = &Named::new();
        let library_value = || {
            let mut value: c_int = 0;
            // SAFETY: the semaphore is open and `value` is a place for the result.
            assert_eq!(unsafe { libc::sem_getvalue(semaphore.0.as_ptr(), &mut value) }, 0);
            value as u32
        };
        for posts in 0..20 {
            (0..posts).for_each(|_| assert!(semaphore.post().unwrap()));
            assert_eq!((semaphore.value(), library_value()), (posts, posts));
            assert_eq!(semaphore.take_up_to(7), posts.min(7));
            assert_eq!(semaphore.take_up_to(u32::MAX), posts.saturating_sub(7));
            assert_eq!((semaphore.value(), library_value()), (0, 0));
        }
    }

    #[test]
    fn taking_several_leaves_sleepers_asleep() {
        let Named(_, semaphore) = &Named::new();
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| semaphore.wait_until(u64::MAX).unwrap());
            while !semaphore.has_sleepers() {
                std::thread::yield_now();
            }
            assert_eq!(semaphore.take_up_to(9), 0);
            assert!(semaphore.post().unwrap());
            assert!(sleeper.join().unwrap());
        });
        assert_eq!(semaphore.count().load(Ordering::Relaxed), 0);
    }

    #[test]
    fn both_clocks_wait_for_the_whole_time() {
        let Named(_, semaphore) = &Named::new();
        let wait = 20_000_000;
        for by_wall_clock in [false, true] {
            let until = monotonic_now() + wait;
            let taken = if by_wall_clock {
                semaphore.wait_by_wall_clock(until)
            } else {
                semaphore.wait_until(until)
            };
            assert!(!taken.unwrap());
            if !by_wall_clock {
                assert!(monotonic_now() >= until);
            }
        }
        assert!(clock_wait().is_some(), "the C library of the supported systems has sem_clockwait");
    }

    #[test]
    fn existing_and_missing_names_give_different_errors() {
        let Named(name, _) = &Named::new();
        let existing = Semaphore::create(name, &path(name), 0o666).unwrap_err();
        assert_eq!(existing.kind(), io::ErrorKind::AlreadyExists);
        let missing = Semaphore::open(&format!("{name}-missing")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
