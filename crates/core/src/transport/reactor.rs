//! A poller of sockets without a thread of its own, for programs that have an event loop: the loop waits for the reactor's descriptor
//! beside everything else and calls `turn` when it becomes readable. Nothing wakes but the thread that goes on.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Registry, Token};

/// So many events are taken at a time; what is left makes the descriptor readable again.
const EVENTS: usize = 256;

/// Watches sockets for an event loop.
pub struct Reactor {
    poller: Mutex<(mio::Poll, Events)>,
    registry: Registry,
    /// None once nobody waits any more.
    watched: Mutex<Option<HashMap<usize, Arc<Readiness>>>>,
    last: AtomicUsize,
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor")
            .field("watched", &lock(&self.watched).as_ref().map(HashMap::len))
            .finish_non_exhaustive()
    }
}

impl AsFd for Reactor {
    /// What the event loop waits for: readable while there is something to do.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.registry.as_fd()
    }
}

impl Reactor {
    /// Opens the poller.
    ///
    /// # Errors
    /// The operating system gives no descriptors.
    pub fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        Ok(Self {
            registry: poll.registry().try_clone()?,
            poller: Mutex::new((poll, Events::with_capacity(EVENTS))),
            watched: Mutex::new(Some(HashMap::new())),
            last: AtomicUsize::new(0),
        })
    }

    /// Wakes whoever waits for what is ready, in the calling thread; never waits.
    ///
    /// # Errors
    /// The poller is of no use any more.
    pub fn turn(&self) -> io::Result<()> {
        let mut wakers = Vec::new();
        {
            let mut poller = lock(&self.poller);
            let (poll, events) = &mut *poller;
            match poll.poll(events, Some(Duration::ZERO)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
                other => other?,
            }
            let watched = lock(&self.watched);
            for event in &*events {
                let token = event.token().0;
                if let Some(readiness) = watched.as_ref().and_then(|all| all.get(&token)) {
                    readiness.note(event, &mut wakers);
                }
            }
        }
        wakers.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// The event loop ends: whoever waits for a socket that is watched now, or will, is told so.
    pub fn close(&self) {
        let watched = lock(&self.watched).take();
        let mut wakers = Vec::new();
        for readiness in watched.iter().flat_map(HashMap::values) {
            readiness.lose(&mut wakers);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Begins to watch a socket, for reading at first.
    pub(super) fn watch(self: &Arc<Self>, socket: BorrowedFd<'_>) -> io::Result<Watch> {
        let descriptor = socket.as_raw_fd();
        let token = Token(self.last.fetch_add(1, Ordering::Relaxed));
        let readiness = Arc::new(Readiness::default());
        lock(&self.watched)
            .as_mut()
            .ok_or_else(gone)?
            .insert(token.0, Arc::clone(&readiness));
        let watch = Watch {
            reactor: Arc::clone(self),
            descriptor,
            token,
            readiness,
        };
        let mut source = SourceFd(&watch.descriptor);
        self.registry
            .register(&mut source, token, Interest::READABLE)?;
        Ok(watch)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One watched socket; dropping it, before the socket is closed, ends that.
pub(super) struct Watch {
    reactor: Arc<Reactor>,
    descriptor: RawFd,
    token: Token,
    readiness: Arc<Readiness>,
}

impl Watch {
    /// Waits until reading is worth an attempt; gives what `drained` wants to know.
    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<u32>> {
        let mut state = self.readiness.state();
        if state.lost {
            return Poll::Ready(Err(gone()));
        }
        if state.readable {
            return Poll::Ready(Ok(state.events));
        }
        store(&mut state.reader, cx);
        Poll::Pending
    }

    /// There is nothing left to read, unless something has happened since `seen`. After a short read that is only so while the other side
    /// has not ended, because nothing more will be told then.
    pub(super) fn drained(&self, seen: u32, is_short_read: bool) {
        let mut state = self.readiness.state();
        if state.events == seen && !(is_short_read && state.ended) {
            state.readable = false;
        }
    }

    /// Waits until writing is worth another attempt, after one that would have blocked.
    pub(super) fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.readiness.state();
        if state.lost {
            return Poll::Ready(Err(gone()));
        }
        if std::mem::take(&mut state.writable) {
            return Poll::Ready(Ok(()));
        }
        store(&mut state.writer, cx);
        let first = !std::mem::replace(&mut state.watches_writing, true);
        drop(state);
        if first {
            // Only now: whoever never has to wait is not woken each time the other side reads. Changing it tells what is so already.
            let mut source = SourceFd(&self.descriptor);
            let both = Interest::READABLE | Interest::WRITABLE;
            self.reactor
                .registry
                .reregister(&mut source, self.token, both)?;
        }
        Poll::Pending
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(watched) = lock(&self.reactor.watched).as_mut() {
            watched.remove(&self.token.0);
        }
        // The socket is closed next, which says the same.
        let _ = self
            .reactor
            .registry
            .deregister(&mut SourceFd(&self.descriptor));
    }
}

fn store(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}

fn gone() -> io::Error {
    io::Error::other("the event loop that waits for this connection has ended")
}

/// What is known of a socket, and who waits for it.
#[derive(Default)]
struct Readiness(Mutex<State>);

#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a socket"
)]
struct State {
    readable: bool,
    writable: bool,
    /// The other side has ended, or the connection is broken.
    ended: bool,
    /// Nobody watches any more.
    lost: bool,
    watches_writing: bool,
    /// Counts what was told.
    events: u32,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Readiness {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    fn note(&self, event: &Event, wakers: &mut Vec<Waker>) {
        let mut state = self.state();
        state.events = state.events.wrapping_add(1);
        let ended = event.is_read_closed() || event.is_error();
        state.ended |= ended;
        if event.is_readable() || ended {
            state.readable = true;
            wakers.extend(state.reader.take());
        }
        if event.is_writable() || event.is_write_closed() || event.is_error() {
            state.writable = true;
            wakers.extend(state.writer.take());
        }
    }

    fn lose(&self, wakers: &mut Vec<Waker>) {
        let mut state = self.state();
        state.lost = true;
        wakers.extend(state.reader.take());
        wakers.extend(state.writer.take());
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn nothing_is_watched_once_nobody_waits() {
        let reactor = Arc::new(Reactor::new().unwrap());
        let (socket, _other) = UnixStream::pair().unwrap();
        assert!(reactor.watch(socket.as_fd()).is_ok());
        reactor.close();
        assert!(reactor.watch(socket.as_fd()).is_err());
    }
}
