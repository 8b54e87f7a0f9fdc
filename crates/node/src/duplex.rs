//! An upgraded connection: reading as any stream, and writing with half-close. The two sides never wait for each other.
//! A plain socket can be taken out of it before either was used: Node's own loop then reads and writes it without another thread.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use dockline::{Duplex, DuplexWriter, Error, ErrorKind};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use tokio::sync::Mutex as AsyncMutex;

use crate::runtime;
use crate::settle::{Outcome, Settler};
use crate::stream::{Reader, View};

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

    fn view(&self, id: u32, view: View) -> Option<Outcome> {
        let Some(halves) = self.halves() else {
            self.settler.send(id, Outcome::Failed(closed()));
            return None;
        };
        halves.reader.read(&self.settler, id, view)
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
    /// Gives what is here already, else settles `id`, with `{slab, ends}`, or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32) -> Option<Outcome> {
        self.view(id, View::Chunks)
    }

    /// Gives what is here already, else settles `id`, with `{slab, table}`: kind, start and end of each frame; or null at a clean end.
    #[napi]
    pub fn read_frames(&self, id: u32) -> Option<Outcome> {
        self.view(id, View::Frames)
    }

    /// Gives what is here already, else settles `id`, with `{slab, ends}`, a line each without its newline; or null at a clean end.
    #[napi]
    pub fn read_lines(&self, id: u32) -> Option<Outcome> {
        self.view(id, View::Lines)
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
        let mut writing = Box::pin(async move {
            match writer.lock().await.as_mut() {
                Some(writer) => writer.write(&bytes).await,
                None => Err(closed()),
            }
        });
        match runtime::poll_once(writing.as_mut()) {
            Some(Ok(())) => return true,
            Some(Err(error)) => self.settler.send(id, Outcome::Failed(error)),
            None => self
                .settler
                .run(id, false, async move { done(writing.await) }),
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
        self.settler.run(id, false, async move {
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
            use std::os::fd::IntoRawFd;
            let mut handing = Box::pin(self.take()?.into_socket());
            let socket = runtime::poll_once(handing.as_mut())?;
            Some(socket.ok()?.fd.into_raw_fd())
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
