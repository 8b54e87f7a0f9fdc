//! The sockets that a future waits for, named while it is polled.
//!
//! A name holds until its socket is ready once: what is made of several futures polls those alone that were woken.

use std::cell::RefCell;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Weak};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::BusyPoll;
use crate::transport::Hosted;

/// Some systems cannot wait for a month. Whoever wants to waits again.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a socket is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Reading,
    Writing,
}

/// A socket, and who goes on once it is ready.
pub(super) struct Named {
    // Not kept open: it may be closed before anybody waits for it.
    socket: Weak<Hosted>,
    wanted: Wanted,
    waker: Waker,
}

thread_local! {
    /// What is named in this thread; None while nobody would wait for it.
    static NAMED: RefCell<Option<Vec<Named>>> = const { RefCell::new(None) };
}

/// Takes names until it is dropped, then puts back what was there: drivers may be nested.
struct Naming<'a> {
    named: &'a mut Vec<Named>,
    before: Option<Vec<Named>>,
}

/// Adds to `named` what is named while `poll` runs.
pub(super) fn during<R>(named: &mut Vec<Named>, poll: impl FnOnce() -> R) -> R {
    let taken = std::mem::take(named);
    let _naming = Naming {
        before: NAMED.replace(Some(taken)),
        named,
    };
    poll()
}

impl Drop for Naming<'_> {
    fn drop(&mut self) {
        let taken = NAMED.replace(self.before.take());
        *self.named = taken.unwrap_or_default();
    }
}

/// Has the driver of this thread wait for a socket.
pub(crate) fn name(socket: &Arc<Hosted>, wanted: Wanted, cx: &Context<'_>) -> io::Result<()> {
    NAMED.with_borrow_mut(|named| {
        let named = named.as_mut().ok_or_else(|| {
            io::Error::other("whoever polls this connection does not wait for it")
        })?;
        let same = named
            .iter_mut()
            .find(|one| one.wanted == wanted && one.socket.as_ptr() == Arc::as_ptr(socket));
        if let Some(one) = same {
            one.waker.clone_from(cx.waker());
        } else {
            named.push(Named {
                socket: Arc::downgrade(socket),
                wanted,
                waker: cx.waker().clone(),
            });
        }
        Ok(())
    })
}

/// Waits until sockets are ready, which are taken from those that are named, or until the bell is heard.
pub(super) fn wait(
    named: &mut Vec<Named>,
    bell: BorrowedFd<'_>,
    busy: Option<&BusyPoll>,
    limit: Option<Duration>,
) -> io::Result<Vec<Named>> {
    let mut sockets = Vec::with_capacity(named.len());
    named.retain(|one| {
        one.socket
            .upgrade()
            .map(|open| sockets.push(open))
            .is_some()
    });
    let mut watched = Vec::with_capacity(1 + sockets.len());
    watched.push(PollFd::from_borrowed_fd(bell, PollFlags::IN));
    watched.extend(sockets.iter().zip(&*named).map(|(socket, one)| {
        let wanted = match one.wanted {
            Wanted::Reading => PollFlags::IN,
            Wanted::Writing => PollFlags::OUT,
        };
        PollFd::new(socket.socket(), wanted)
    }));
    let limit = limit.and_then(|limit| Timespec::try_from(limit.min(LONGEST)).ok());
    let found = match look(busy, &mut watched) {
        Ok(0) => poll(&mut watched, limit.as_ref()),
        found => found,
    };
    match found {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    }
    let mut seen = watched.iter().map(|one| !one.revents().is_empty());
    let is_heard = seen.next() == Some(true);
    let ready: Vec<_> = named
        .extract_if(.., |_| seen.next() == Some(true))
        .collect();
    if is_heard && ready.is_empty() {
        // Perhaps for somebody else, who is about to come.
        std::thread::yield_now();
    }
    Ok(ready)
}

/// How many are ready soon.
fn look(busy: Option<&BusyPoll>, watched: &mut [PollFd<'_>]) -> Result<usize, Errno> {
    let Some((busy, end)) = busy.and_then(|busy| Some((busy, busy.begins()?))) else {
        return Ok(0);
    };
    let found = loop {
        match poll(watched, Some(&Timespec::default())) {
            // Not yielded: where every processor is busy, others would take their whole turns.
            Ok(0) if Instant::now() < end => std::hint::spin_loop(),
            found => break found,
        }
    };
    busy.ends(found != Ok(0));
    found
}

impl Named {
    /// Lets whoever named it go on; `own` does so anyway.
    pub(super) fn tell(&self, own: &Waker) {
        if let (Wanted::Reading, Some(socket)) = (self.wanted, self.socket.upgrade()) {
            socket.found_readable();
        }
        if !self.waker.will_wake(own) {
            self.waker.wake_by_ref();
        }
    }
}
