//! An upgraded connection: reading as any stream, and writing with half-close. The two sides never wait for each other.

use std::sync::Arc;

use bytes::Bytes;
use dockline::{Duplex, DuplexWriter, Error, ErrorKind};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use tokio::sync::Mutex;

use crate::settle::{Outcome, Settler};
use crate::stream::{Reader, View};

/// An upgraded connection.
#[napi]
pub struct DuplexHandle {
    reader: Reader,
    writer: Arc<Mutex<Option<DuplexWriter>>>,
    settler: Settler,
}

impl DuplexHandle {
    pub(crate) fn new(duplex: Duplex, settler: Settler) -> Self {
        let (reader, writer) = duplex.split();
        Self {
            reader: Reader::new(reader),
            writer: Arc::new(Mutex::new(Some(writer))),
            settler,
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the connection is closed for writing")
}

#[napi]
impl DuplexHandle {
    /// Settles `id` with `{slab, ends}`, or null at a clean end.
    #[napi]
    pub fn read(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Chunks);
    }

    /// Settles `id` with `{slab, table}`: kind, start and end of each frame; or null at a clean end.
    #[napi]
    pub fn read_frames(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Frames);
    }

    /// Settles `id` with `{slab, ends}`, a line each without its newline; or null at a clean end.
    #[napi]
    pub fn read_lines(&self, id: u32) {
        self.reader.read(&self.settler, id, View::Lines);
    }

    /// Writes all of `data` and settles `id` when the operating system has taken it.
    #[napi]
    pub fn write(&self, id: u32, data: Uint8Array) {
        let bytes = Bytes::copy_from_slice(&data);
        let writer = Arc::clone(&self.writer);
        self.settler.run(id, false, async move {
            let mut writer = writer.lock().await;
            let written = match writer.as_mut() {
                Some(writer) => writer.write(&bytes).await,
                None => Err(closed()),
            };
            written.map_or_else(Outcome::Failed, |()| Outcome::Done)
        });
    }

    /// Ends the writing direction; reading goes on.
    #[napi]
    pub fn end(&self, id: u32) {
        let writer = Arc::clone(&self.writer);
        self.settler.run(id, false, async move {
            // The writer stays: dropping it together with the reader is what closes the socket.
            let mut writer = writer.lock().await;
            let ended = match writer.as_mut() {
                Some(writer) => writer.shutdown().await,
                None => Err(closed()),
            };
            ended.map_or_else(Outcome::Failed, |()| Outcome::Done)
        });
    }

    /// Closes the connection in both directions.
    #[napi]
    pub fn close(&self) {
        self.reader.close();
        if let Ok(mut writer) = self.writer.try_lock() {
            *writer = None;
        }
    }
}
