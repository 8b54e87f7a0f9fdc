//! `Duplex` and `AsyncDuplex`: an upgraded connection. Read as a stream is, written, half-closed, or handed over as a socket.

use std::sync::{Arc, Mutex};

use dockline::{Cancel, DuplexWriter, Error, Timeouts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use tokio::sync::Mutex as AsyncMutex;

use crate::asyncio::{Finish, into_awaitable};
use crate::error::{Raised, to_python};
use crate::reader::Reader;
use crate::runtime::{block_on, lock};
use crate::stream::{AsyncStream, Stream};

/// The connection: whole until it is first read or written, then in two halves.
pub(crate) struct Shared {
    pid: u32,
    cancel: Cancel,
    whole: Mutex<Option<dockline::Duplex>>,
    writer: AsyncMutex<Option<DuplexWriter>>,
}

impl Shared {
    pub(crate) fn new(duplex: dockline::Duplex) -> Arc<Self> {
        Arc::new(Self {
            pid: std::process::id(),
            cancel: duplex.cancel_handle(),
            whole: Mutex::new(Some(duplex)),
            writer: AsyncMutex::new(None),
        })
    }

    /// Splits the connection unless that was done. The GIL is held, so nobody waits for the halves yet.
    pub(crate) fn split(&self, reader: &Reader) {
        if let Some(whole) = lock(&self.whole).take() {
            let (stream, writer) = whole.split();
            reader.give(stream);
            if let Ok(mut slot) = self.writer.try_lock() {
                *slot = Some(writer);
            }
        }
    }

    async fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        match self.writer.lock().await.as_mut() {
            Some(writer) => writer.write(bytes).await,
            None => Err(gone()),
        }
    }

    async fn shutdown(&self) -> Result<(), Error> {
        match self.writer.lock().await.as_mut() {
            Some(writer) => writer.shutdown().await,
            None => Err(gone()),
        }
    }

    fn take(&self) -> PyResult<dockline::Duplex> {
        lock(&self.whole).take().ok_or_else(|| {
            PyValueError::new_err("the connection was read, written or handed over before")
        })
    }
}

/// As for a stream: what belongs to the parent of a fork is left alone.
impl Drop for Shared {
    fn drop(&mut self) {
        let whole = lock(&self.whole).take();
        let writer = self.writer.get_mut().take();
        if std::process::id() != self.pid {
            std::mem::forget((whole, writer));
            return;
        }
        let context = Python::try_attach(crate::runtime::present).flatten();
        let _guard = context.as_ref().map(tokio::runtime::Handle::enter);
        drop((whole, writer));
    }
}

fn gone() -> Error {
    Error::new(
        dockline::ErrorKind::InvalidArgument,
        "the connection was handed over or closed",
    )
}

/// The descriptor of the socket that carries the rest; the caller owns it.
#[cfg(unix)]
fn descriptor(socket: dockline::OwnedSocket) -> i64 {
    use std::os::fd::IntoRawFd;
    i64::from(socket.fd.into_raw_fd())
}

#[cfg(windows)]
fn descriptor(socket: dockline::OwnedSocket) -> i64 {
    use std::os::windows::io::IntoRawSocket;
    i64::try_from(socket.socket.into_raw_socket()).unwrap_or(-1)
}

/// An upgraded connection of a blocking caller: a stream that can be written, too.
#[pyclass(frozen, extends = Stream, module = "dockline._native")]
pub(crate) struct Duplex {
    shared: Arc<Shared>,
}

/// An upgraded connection of an event loop: a stream that can be written, too.
#[pyclass(frozen, extends = AsyncStream, module = "dockline._native")]
pub(crate) struct AsyncDuplex {
    shared: Arc<Shared>,
}

/// The reading side of a duplex that is still whole, and the connection.
fn opened(mut duplex: dockline::Duplex, limits: &Timeouts) -> (Arc<Reader>, Arc<Shared>) {
    let head = duplex.reader().head().clone();
    let cancel = duplex.cancel_handle();
    let reader = Reader::new(head, cancel, None, limits, Raised::default());
    (reader, Shared::new(duplex))
}

impl Duplex {
    pub(crate) fn create(
        py: Python<'_>,
        duplex: dockline::Duplex,
        limits: &Timeouts,
    ) -> PyResult<Py<PyAny>> {
        let (reader, shared) = opened(duplex, limits);
        let whole = Some(Arc::clone(&shared));
        let class = PyClassInitializer::from(Stream { reader, whole });
        Ok(Py::new(py, class.add_subclass(Self { shared }))?.into_any())
    }
}

impl AsyncDuplex {
    pub(crate) fn create(
        py: Python<'_>,
        duplex: dockline::Duplex,
        limits: &Timeouts,
    ) -> PyResult<Py<PyAny>> {
        let (reader, shared) = opened(duplex, limits);
        let whole = Some(Arc::clone(&shared));
        let class = PyClassInitializer::from(AsyncStream { reader, whole });
        Ok(Py::new(py, class.add_subclass(Self { shared }))?.into_any())
    }
}

#[pymethods]
impl Duplex {
    /// Write all of `data`.
    #[expect(clippy::needless_pass_by_value, reason = "extracted from an argument")]
    fn write(slf: &Bound<'_, Self>, py: Python<'_>, data: PyBackedBytes) -> PyResult<()> {
        slf.as_super().get().reading();
        block_on(py, slf.get().shared.write(&data))?
            .map_err(|error| to_python(py, &error, &Timeouts::default()))
    }

    /// End the writing direction; reading goes on.
    fn shutdown_write(slf: &Bound<'_, Self>, py: Python<'_>) -> PyResult<()> {
        slf.as_super().get().reading();
        block_on(py, slf.get().shared.shutdown())?
            .map_err(|error| to_python(py, &error, &Timeouts::default()))
    }

    /// Hand the connection over as a socket's descriptor, which the caller then owns.
    fn into_socket(slf: &Bound<'_, Self>, py: Python<'_>) -> PyResult<i64> {
        let whole = slf.get().shared.take()?;
        block_on(py, whole.into_socket())?
            .map(descriptor)
            .map_err(|error| to_python(py, &error, &Timeouts::default()))
    }
}

/// A future whose result is converted in the loop's thread.
fn later<T, F>(
    py: Python<'_>,
    future: F,
    cancel: Cancel,
    convert: fn(Python<'_>, T) -> PyResult<Py<PyAny>>,
) -> PyResult<Bound<'_, PyAny>>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let finishing = async move {
        let outcome = future.await;
        let finish: Finish = Box::new(move |py| {
            let value = outcome.map_err(|error| to_python(py, &error, &Timeouts::default()))?;
            convert(py, value)
        });
        finish
    };
    into_awaitable(py, finishing, Some(cancel))
}

#[pymethods]
impl AsyncDuplex {
    /// Write all of `data`.
    fn write<'py>(
        slf: &Bound<'py, Self>,
        py: Python<'py>,
        data: PyBackedBytes,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.as_super().get().reading();
        let shared = Arc::clone(&slf.get().shared);
        let cancel = slf.get().shared.cancel.clone();
        let future = async move { shared.write(&data).await };
        later(py, future, cancel, |py, ()| Ok(py.None()))
    }

    /// End the writing direction; reading goes on.
    fn shutdown_write<'py>(slf: &Bound<'py, Self>, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        slf.as_super().get().reading();
        let shared = Arc::clone(&slf.get().shared);
        let cancel = slf.get().shared.cancel.clone();
        let future = async move { shared.shutdown().await };
        later(py, future, cancel, |py, ()| Ok(py.None()))
    }

    /// Hand the connection over as a socket's descriptor, which the caller then owns.
    fn into_socket<'py>(slf: &Bound<'py, Self>, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let whole = slf.get().shared.take()?;
        let cancel = slf.get().shared.cancel.clone();
        later(py, whole.into_socket(), cancel, |py, socket| {
            Ok(descriptor(socket).into_pyobject(py)?.into_any().unbind())
        })
    }
}
