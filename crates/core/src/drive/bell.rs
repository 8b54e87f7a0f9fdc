//! What wakes a thread that waits for sockets.

use std::fmt;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A bell, which any number of threads may listen to. It costs two descriptors, from the first wait on.
#[derive(Default)]
pub struct Bell {
    /// Who rings, and who hears it.
    ends: OnceLock<(UnixStream, UnixStream)>,
    /// For how many listeners it was rung who have not come yet. It can be heard as long as that is not none.
    rung: Mutex<usize>,
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bell").field("rung", &*self.rung()).finish()
    }
}

impl Bell {
    fn rung(&self) -> MutexGuard<'_, usize> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ends(&self) -> io::Result<&(UnixStream, UnixStream)> {
        if let Some(ends) = self.ends.get() {
            return Ok(ends);
        }
        let made = UnixStream::pair()?;
        made.0.set_nonblocking(true)?;
        made.1.set_nonblocking(true)?;
        Ok(self.ends.get_or_init(|| made))
    }
}

/// A thread's place at a bell. What both flags say is only changed with the bell's lock held.
pub(super) struct Listener {
    bell: Arc<Bell>,
    listens: AtomicBool,
    is_meant: AtomicBool,
}

impl Listener {
    pub(super) fn new(bell: &Arc<Bell>) -> Self {
        Self {
            bell: Arc::clone(bell),
            listens: AtomicBool::new(false),
            is_meant: AtomicBool::new(false),
        }
    }

    /// Waits with the descriptor that is readable once the bell was rung; not at all when there is a reason to go on already.
    pub(super) fn listen<T>(
        &self,
        goes_on: impl FnOnce() -> bool,
        wait: impl FnOnce(BorrowedFd<'_>) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let (_, heard) = self.bell.ends()?;
        {
            let _rung = self.bell.rung();
            // Whoever wakes says so before looking whether somebody listens.
            if goes_on() {
                return Ok(None);
            }
            self.listens.store(true, Ordering::Relaxed);
        }
        let waited = wait(heard.as_fd());
        let mut rung = self.bell.rung();
        self.listens.store(false, Ordering::Relaxed);
        if self.is_meant.swap(false, Ordering::Relaxed) {
            *rung -= 1;
            if *rung == 0 {
                let mut heard = heard;
                heard.read_exact(&mut [0])?;
            }
        }
        drop(rung);
        waited.map(Some)
    }

    /// Rings for this listener; `false` when it does not listen.
    pub(super) fn ring(&self) -> bool {
        let mut rung = self.bell.rung();
        if !self.listens.load(Ordering::Relaxed) {
            return false;
        }
        let (Some((ringing, _)), false) = (
            self.bell.ends.get(),
            self.is_meant.swap(true, Ordering::Relaxed),
        ) else {
            return true;
        };
        *rung += 1;
        let mut ringing = ringing;
        // One byte at a time at most: there is room for it.
        if *rung == 1 {
            let _ = ringing.write_all(&[0]);
        }
        true
    }
}
