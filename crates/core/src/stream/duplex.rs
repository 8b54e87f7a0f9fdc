//! An upgraded connection: attach and exec. Reading and writing are independent; each side can end on its own.

use super::{Cancel, Stream, pending};
use crate::error::Error;
use crate::reply::Reply;

/// What came of an upgrade.
#[derive(Debug)]
pub enum Upgrade {
    /// The connection is a raw duplex now.
    Switched(Duplex),
    /// The engine answered with an ordinary reply.
    Refused(Reply),
}

/// An upgraded connection. Dropping it (or both of its halves) closes the socket.
#[derive(Debug)]
pub struct Duplex {
    reader: Stream,
    writer: DuplexWriter,
}

/// The writing half of a duplex.
#[derive(Debug)]
pub struct DuplexWriter {
    cancel: Cancel,
}

/// A socket of the operating system that carries the rest of an upgraded connection.
#[derive(Debug)]
pub struct OwnedSocket {
    /// The descriptor, in blocking mode.
    #[cfg(unix)]
    pub fd: std::os::fd::OwnedFd,
    /// The socket, in blocking mode.
    #[cfg(windows)]
    pub socket: std::os::windows::io::OwnedSocket,
}

impl Duplex {
    /// The reading half; its head is the head of the answer.
    pub fn reader(&mut self) -> &mut Stream {
        &mut self.reader
    }

    /// Writes all of `bytes`. When the future is dropped, a part may have been written.
    ///
    /// # Errors
    /// `ConnectionLost`, `Cancelled`, `Closed`.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.writer.write(bytes).await
    }

    /// Ends the writing direction; reading goes on.
    ///
    /// # Errors
    /// As `write`.
    pub async fn shutdown_write(&mut self) -> Result<(), Error> {
        self.writer.shutdown().await
    }

    /// The two halves, to be used by different tasks.
    #[must_use]
    pub fn split(self) -> (Stream, DuplexWriter) {
        (self.reader, self.writer)
    }

    /// A handle that cancels both directions from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.reader.cancel_handle()
    }

    /// A real socket for the rest of the conversation, with no byte lost. When bytes were read ahead, or the connection is not a
    /// plain socket, it is one end of a pair that a task of the current runtime pumps.
    ///
    /// # Errors
    /// `Io` when the operating system refuses.
    pub async fn into_socket(self) -> Result<OwnedSocket, Error> {
        Err(pending())
    }
}

impl DuplexWriter {
    /// Writes all of `bytes`. When the future is dropped, a part may have been written.
    ///
    /// # Errors
    /// `ConnectionLost`, `Cancelled`, `Closed`.
    pub async fn write(&mut self, _bytes: &[u8]) -> Result<(), Error> {
        Err(pending())
    }

    /// Ends the writing direction; reading goes on.
    ///
    /// # Errors
    /// As `write`.
    pub async fn shutdown(&mut self) -> Result<(), Error> {
        Err(pending())
    }

    /// A handle that cancels both directions from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.cancel.clone()
    }
}
