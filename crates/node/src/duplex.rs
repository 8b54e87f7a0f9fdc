//! An upgraded connection: reading as any stream, and writing with half-close. The two sides never wait for each other.
//! A plain socket can be taken out of it before either was used: Node's own loop then reads and writes it without another thread.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use dockline::{Duplex, DuplexWriter, Error, ErrorKind};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use tokio::sync::Mutex as AsyncMutex;

use crate::settle::{Outcome, Settler};
use crate::stream::Reader;

/// The two directions, once there is something to read or write.
struct Halves {
    reader: Reader,
    writer: Arc<AsyncMutex<Option<DuplexWriter>>>,
}

/// An upgraded connection.
#[napi]
pub struct DuplexHandle {
    /// Until the first use.
    whole: Mutex<Option<Duplex>>,
    halves: OnceLock<Halves>,
    settler: Settler,
}

impl DuplexHandle {
    pub(crate) fn new(duplex: Duplex, settler: Settler) -> Self {
        Self {
            whole: Mutex::new(Some(duplex)),
            halves: OnceLock::new(),
            settler,
        }
    }

    fn take(&self) -> Option<Duplex> {
        self.whole
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// None when the connection was handed over or closed before it was used.
    fn halves(&self) -> Option<&Halves> {
        if let Some(duplex) = self.take() {
            let (reader, writer) = duplex.split();
            return Some(self.halves.get_or_init(|| Halves {
                reader: Reader::new(reader),
                writer: Arc::new(AsyncMutex::new(Some(writer))),
            }));
        }
        self.halves.get()
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the connection is closed")
}

fn done(outcome: Result<(), Error>) -> Outcome {
    outcome.map_or_else(Outcome::Failed, |()| Outcome::Done)
}

#[napi]
impl DuplexHandle {
    /// Gives what is here already, else settles `id`, with `{slab, ends}`; or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32, whole: bool) -> Option<Outcome> {
        let Some(halves) = self.halves() else {
            self.settler.send(id, Outcome::Failed(closed()));
            return None;
        };
        halves.reader.read(&self.settler, id, whole)
    }

    /// Gives up a read that goes on; nothing is lost.
    #[napi]
    pub fn rest(&self, id: u32) {
        self.settler.cancel(id);
    }

    /// Writes all of `data`. True when the operating system has taken it at once; otherwise `id` settles when it has.
    #[napi]
    pub fn write(&self, id: u32, data: Uint8Array) -> bool {
        let Some(halves) = self.halves() else {
            self.settler.send(id, Outcome::Failed(closed()));
            return false;
        };
        let bytes = Bytes::copy_from_slice(&data);
        let writer = Arc::clone(&halves.writer);
        let writing = self.settler.attempt(id, async move {
            done(match writer.lock().await.as_mut() {
                Some(writer) => writer.write(&bytes).await,
                None => Err(closed()),
            })
        });
        match writing {
            Some(Outcome::Done) => return true,
            Some(failed) => self.settler.send(id, failed),
            None => {}
        }
        false
    }

    /// Ends the writing direction; reading goes on.
    #[napi]
    pub fn end(&self, id: u32) {
        let Some(halves) = self.halves() else {
            self.settler.send(id, Outcome::Failed(closed()));
            return;
        };
        let writer = Arc::clone(&halves.writer);
        self.settler.run_here(id, async move {
            // The writer stays: dropping it together with the reader is what closes the socket.
            done(match writer.lock().await.as_mut() {
                Some(writer) => writer.shutdown().await,
                None => Err(closed()),
            })
        });
    }

    /// Hands the connection over as the descriptor of its socket, which the caller then owns; null where Node cannot open that, and
    /// once the connection was read or written.
    #[napi]
    pub fn take_socket(&self) -> Option<i32> {
        #[cfg(unix)]
        {
            use std::future::Future;
            use std::os::fd::IntoRawFd;
            use std::task::{Context, Poll, Waker};

            use crate::runtime;
            let mut handing = Box::pin(self.take()?.into_socket());
            let mut context = Context::from_waker(Waker::noop());
            match runtime::within(|| handing.as_mut().poll(&mut context))? {
                Poll::Ready(socket) => Some(socket.ok()?.fd.into_raw_fd()),
                Poll::Pending => None,
            }
        }
        #[cfg(not(unix))]
        None
    }

    /// Closes the connection in both directions.
    #[napi]
    pub fn close(&self) {
        drop(self.take());
        if let Some(halves) = self.halves.get() {
            halves.reader.close();
            if let Ok(mut writer) = halves.writer.try_lock() {
                *writer = None;
            }
        }
    }
}
