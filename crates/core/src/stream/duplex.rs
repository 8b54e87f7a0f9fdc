//! An upgraded connection: attach and exec. Reading and writing are independent; each side can end on its own.

use std::fmt;
use std::io;

use tokio::io::AsyncWriteExt;

use super::body::Stream;
use super::cancel::Cancel;
use super::socket::{self, OwnedSocket};
use crate::error::{Error, ErrorKind};
use crate::http::guarded;
use crate::reply::{Head, Reply};
use crate::transport::Connection;

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
    reader: Box<Stream>,
    writer: DuplexWriter,
}

/// The writing half of a duplex.
pub struct DuplexWriter {
    connection: Option<Connection>,
    cancel: Cancel,
}

impl fmt::Debug for DuplexWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexWriter")
            .field("open", &self.connection.is_some())
            .finish_non_exhaustive()
    }
}

impl Duplex {
    pub(crate) fn new(reader: Stream, write: Connection) -> Self {
        let writer = DuplexWriter {
            connection: Some(write),
            cancel: reader.cancel_handle(),
        };
        Self {
            reader: Box::new(reader),
            writer,
        }
    }

    /// The head of the answer.
    #[must_use]
    pub fn head(&self) -> &Head {
        self.reader.head()
    }

    /// The reading half.
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
        (*self.reader, self.writer)
    }

    /// A handle that cancels both directions from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.reader.cancel_handle()
    }

    /// A real socket for the rest of the conversation, with no byte lost; what a view has decoded in part does not count. When bytes
    /// were read ahead, or the connection is not a plain socket, it is one end of a pair that a task of the current runtime pumps.
    ///
    /// # Errors
    /// `ConnectionLost` when one of the directions has ended; `Io` when the operating system refuses.
    #[expect(
        clippy::unused_async,
        reason = "the signature promises a runtime to pump in"
    )]
    pub async fn into_socket(self) -> Result<OwnedSocket, Error> {
        let cancel = self.reader.cancel_handle();
        let (rest, read) = self.reader.into_parts();
        let (Some(read), Some(write)) = (read, self.writer.connection) else {
            let message = "the connection has ended; there is no socket to hand over";
            return Err(Error::new(ErrorKind::ConnectionLost, message));
        };
        socket::hand_over(rest, read, write, cancel)
    }
}

impl DuplexWriter {
    /// Writes all of `bytes`. When the future is dropped, a part may have been written.
    ///
    /// # Errors
    /// `ConnectionLost`, `Cancelled`, `Closed`.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let cancel = self.cancel.clone();
        let connection = self.open()?;
        let writing = async {
            connection.write_all(bytes).await.map_err(lost)?;
            connection.flush().await.map_err(lost)
        };
        let written = guarded(cancel.token(), || cancel.error(), &mut [], writing).await;
        written.map_err(|error| {
            if cancel.is_cancelled() {
                cancel.error()
            } else {
                error
            }
        })
    }

    /// Ends the writing direction; reading goes on.
    ///
    /// # Errors
    /// As `write`.
    pub async fn shutdown(&mut self) -> Result<(), Error> {
        let cancel = self.cancel.clone();
        let connection = self.open()?;
        let ending = async {
            match connection.shutdown().await {
                // The other side has gone already; there is nothing left to end.
                Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
                other => other.map_err(lost),
            }
        };
        guarded(cancel.token(), || cancel.error(), &mut [], ending).await
    }

    /// A handle that cancels both directions from any thread.
    #[must_use]
    pub fn cancel_handle(&self) -> Cancel {
        self.cancel.clone()
    }

    fn open(&mut self) -> Result<&mut Connection, Error> {
        if self.cancel.is_cancelled() {
            self.connection = None;
            return Err(self.cancel.error());
        }
        self.connection
            .as_mut()
            .ok_or_else(|| Error::new(ErrorKind::ConnectionLost, "the connection has ended"))
    }
}

fn lost(error: io::Error) -> Error {
    Error::from_io("the connection failed while writing", error)
}
