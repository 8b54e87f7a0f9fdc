//! `Stream` and `AsyncStream`: the body of an answer, pulled in batches or item by item.

use std::ffi::CStr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dockline::Bytes;
use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyIterator};

use crate::asyncio::{Finish, Ready, into_awaitable};
use crate::duplex::Shared;
use crate::event_loop::TURN;
use crate::gather::Gathered;
use crate::items::{Decode, Kind, Lister};
use crate::reader::{Batch, Failure, Reader, Verb};
use crate::runtime::{block_on, lock};

/// Everything of a batch as one Python object: bytes, or a list.
fn whole(py: Python<'_>, batch: Option<Batch>, verb: Verb) -> PyResult<Py<PyAny>> {
    let kind = match verb {
        Verb::Frames => Kind::Tagged,
        Verb::Lines => Kind::Lines,
        Verb::Values => Kind::Values,
        _ => Kind::Raw,
    };
    match batch {
        None if matches!(verb, Verb::Read(_)) => Ok(PyBytes::new(py, b"").into_any().unbind()),
        None => Ok(py.None()),
        Some(Batch::One(bytes)) => Ok(PyBytes::new(py, &bytes).into_any().unbind()),
        Some(batch) => {
            let decode = Decode::Not;
            let (items, _) = Lister { kind, decode }.list(py, batch, &mut None)?;
            Ok(items.into_any().unbind())
        }
    }
}

async fn gathered(reader: &Reader, kind: Kind) -> Result<Gathered, Failure> {
    let mut all = Gathered::new(kind);
    let mut begun = Instant::now();
    while let Some(batch) = reader.pull(kind.verb(reader)).await? {
        all.add(batch);
        // In an event loop others wait.
        if begun.elapsed() > TURN {
            tokio::task::yield_now().await;
            begun = Instant::now();
        }
    }
    Ok(all)
}

fn pull<'py>(py: Python<'py>, reader: &Arc<Reader>, verb: Verb) -> PyResult<Bound<'py, PyAny>> {
    let batch =
        block_on(py, reader.pull(verb))?.map_err(|failure| reader.exception(py, &failure))?;
    Ok(whole(py, batch, verb)?.into_bound(py))
}

fn gather<'py>(py: Python<'py>, reader: &Arc<Reader>, kind: Kind) -> PyResult<Bound<'py, PyAny>> {
    let all =
        block_on(py, gathered(reader, kind))?.map_err(|failure| reader.exception(py, &failure))?;
    Ok(all.into_python(py)?.into_bound(py))
}

fn pull_later<'py>(
    py: Python<'py>,
    reader: &Arc<Reader>,
    verb: Verb,
) -> PyResult<Bound<'py, PyAny>> {
    let reader = Arc::clone(reader);
    let cancel = reader.cancel_handle();
    let future = async move {
        let batch = reader.pull(verb).await;
        let finish: Finish = Box::new(move |py| {
            whole(
                py,
                batch.map_err(|failure| reader.exception(py, &failure))?,
                verb,
            )
        });
        finish
    };
    into_awaitable(py, future, Some(cancel))
}

fn gather_later<'py>(
    py: Python<'py>,
    reader: &Arc<Reader>,
    kind: Kind,
) -> PyResult<Bound<'py, PyAny>> {
    let reader = Arc::clone(reader);
    let cancel = reader.cancel_handle();
    let future = async move {
        let all = gathered(&reader, kind).await;
        let finish: Finish = Box::new(move |py| {
            all.map_err(|failure| reader.exception(py, &failure))?
                .into_python(py)
        });
        finish
    };
    into_awaitable(py, future, Some(cancel))
}

/// What an iterator has at hand.
#[derive(Default)]
struct Hand {
    /// The iterator of the list that is being given out.
    items: Option<Py<PyAny>>,
    /// The part of a batch that did not fit into the list.
    rest: Option<Bytes>,
    /// What the item behind the list raised.
    raised: Option<PyErr>,
}

/// Iterates over the items of a stream; the GIL is released only while waiting for the engine.
///
/// `__iter__` gives an iterator that Python's own code runs from list to list. Both ways go on from where the other is.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct StreamIterator {
    reader: Arc<Reader>,
    lister: Lister,
    hand: Mutex<Hand>,
}

static CHAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

impl StreamIterator {
    pub(crate) fn new(
        py: Python<'_>,
        reader: &Arc<Reader>,
        kind: &str,
        size: usize,
        decode: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            reader: Arc::clone(reader),
            lister: Lister {
                kind: Kind::parse(kind, size)?,
                decode: Decode::new(py, decode)?,
            },
            hand: Mutex::default(),
        })
    }

    fn verb(&self) -> Verb {
        self.lister.kind.verb(&self.reader)
    }

    /// The iterator of the current list, if it is not empty yet.
    fn current<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let items = lock(&self.hand)
            .items
            .as_ref()
            .map(|items| items.clone_ref(py));
        let Some(items) = items.map(|items| items.into_bound(py)) else {
            return Ok(None);
        };
        let left: usize = items.call_method0("__length_hint__")?.extract()?;
        Ok((left > 0).then_some(items))
    }

    /// The next item at hand.
    fn queued<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let items = lock(&self.hand)
            .items
            .as_ref()
            .map(|items| items.clone_ref(py));
        match items {
            Some(items) => items
                .bind(py)
                .cast::<PyIterator>()?
                .clone()
                .next()
                .transpose(),
            None => Ok(None),
        }
    }

    /// Makes a list of a batch, or of what the last one left; `false` when that needs a read first.
    fn fill(&self, py: Python<'_>, batch: Option<Batch>) -> PyResult<bool> {
        let mut hand = std::mem::take(&mut *lock(&self.hand));
        if self.reader.is_closed() {
            return Ok(false);
        }
        if let Some(error) = hand.raised.take() {
            return Err(error);
        }
        let Some(batch) = batch.or_else(|| hand.rest.take().map(Batch::One)) else {
            return Ok(false);
        };
        let (list, raised) = self.lister.list(py, batch, &mut hand.rest)?;
        if let (true, Some(error)) = (list.is_empty(), &raised) {
            return Err(error.clone_ref(py));
        }
        hand.raised = raised;
        hand.items = Some(list.try_iter()?.into_any().unbind());
        self.reader.hand_out(&list);
        *lock(&self.hand) = hand;
        Ok(true)
    }

    /// Waits for the next list; `false` at the end.
    fn refill(&self, py: Python<'_>) -> PyResult<bool> {
        if self.fill(py, None)? {
            return Ok(true);
        }
        let reader = &self.reader;
        let batch = block_on(py, reader.pull(self.verb()))?;
        match batch.map_err(|failure| self.reader.exception(py, &failure))? {
            Some(batch) => self.fill(py, Some(batch)),
            None => Ok(false),
        }
    }
}

#[pymethods]
impl StreamIterator {
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let lists = Bound::new(py, Lists(slf.clone().unbind()))?;
        CHAIN
            .get_or_try_init(py, || {
                let chain = py.import("itertools")?.getattr("chain")?;
                Ok::<_, PyErr>(chain.getattr("from_iterable")?.unbind())
            })?
            .bind(py)
            .call1((lists,))
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            if let Some(item) = self.queued(py)? {
                return Ok(Some(item));
            }
            if !self.refill(py)? {
                return Ok(None);
            }
        }
    }

    /// Close the stream; from any thread, more than once if need be.
    fn close(&self) {
        self.reader.close();
    }
}

/// Gives the iterators of the lists one after another.
#[pyclass(frozen)]
struct Lists(Py<StreamIterator>);

#[pymethods]
impl Lists {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let items = self.0.get();
        loop {
            if let Some(current) = items.current(py)? {
                return Ok(Some(current));
            }
            if !items.refill(py)? {
                return Ok(None);
            }
        }
    }
}

/// Iterates over the items of a stream in an event loop; items that arrived already cost no turn of it.
///
/// `__aiter__` gives an iterator in Python's own code, which resumes a coroutine without raising an exception for each item. Both
/// ways go on from where the other is.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct AsyncStreamIterator(Py<StreamIterator>);

static ITEMS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The items of one list after the other; a list that is not there yet is waited for.
const ITEMS_SOURCE: &CStr = c"
class Items:
    __slots__ = ('_items', '_lists')

    def __init__(self, lists):
        self._lists = lists
        self._items = iter(())

    def __aiter__(self):
        return self

    async def __anext__(self):
        for item in self._items:
            return item
        async for self._items in self._lists:
            for item in self._items:
                return item
        raise StopAsyncIteration

    def close(self):
        self._lists.close()

    async def aclose(self):
        self._lists.close()
";

impl AsyncStreamIterator {
    pub(crate) fn new(py: Python<'_>, items: StreamIterator) -> PyResult<Self> {
        Ok(Self(Py::new(py, items)?))
    }
}

/// An awaitable of what `current` gives, now or after the next batch.
fn next_later<'py>(
    py: Python<'py>,
    items: &Py<StreamIterator>,
    current: for<'a> fn(&StreamIterator, Python<'a>) -> PyResult<Option<Bound<'a, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let shared = items.clone_ref(py);
    let items = items.get();
    if let Some(item) = current(items, py)? {
        return Ok(Bound::new(py, Ready::new(item.unbind()))?.into_any());
    }
    if items.fill(py, None)?
        && let Some(item) = current(items, py)?
    {
        return Ok(Bound::new(py, Ready::new(item.unbind()))?.into_any());
    }
    let reader = Arc::clone(&items.reader);
    let cancel = reader.cancel_handle();
    let verb = items.verb();
    let future = async move {
        let batch = reader.pull(verb).await;
        let finish: Finish = Box::new(move |py| {
            let items = shared.get();
            let Some(batch) = batch.map_err(|failure| reader.exception(py, &failure))? else {
                return Err(PyStopAsyncIteration::new_err(()));
            };
            items.fill(py, Some(batch))?;
            match current(items, py)? {
                Some(item) => Ok(item.unbind()),
                None => Err(PyStopAsyncIteration::new_err(())),
            }
        });
        finish
    };
    into_awaitable(py, future, Some(cancel))
}

#[pymethods]
impl AsyncStreamIterator {
    fn __aiter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let lists = Bound::new(py, AsyncLists(slf.get().0.clone_ref(py)))?;
        ITEMS
            .get_or_try_init(py, || {
                let module =
                    PyModule::from_code(py, ITEMS_SOURCE, c"items.py", c"dockline._items")?;
                Ok::<_, PyErr>(module.getattr("Items")?.unbind())
            })?
            .bind(py)
            .call1((lists,))
    }

    fn __anext__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        next_later(py, &self.0, StreamIterator::queued)
    }

    /// Close the stream.
    fn close(&self) {
        self.0.get().reader.close();
    }

    /// Close the stream, as an asynchronous generator is closed.
    fn aclose<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Ready>> {
        self.0.get().reader.close();
        Bound::new(py, Ready::new(py.None()))
    }
}

/// Gives the iterators of the lists one after another.
#[pyclass(frozen)]
struct AsyncLists(Py<StreamIterator>);

#[pymethods]
impl AsyncLists {
    fn __aiter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __anext__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        next_later(py, &self.0, StreamIterator::current)
    }

    /// Close the stream.
    fn close(&self) {
        self.0.get().reader.close();
    }
}

fn idle_limit(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    seconds
        .map(|seconds| {
            Duration::try_from_secs_f64(seconds)
                .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
        })
        .transpose()
}

/// Hands out the iterator of a blocking stream as it is.
#[expect(
    clippy::unnecessary_wraps,
    reason = "its asynchronous sibling can fail"
)]
fn iterated(_py: Python<'_>, items: StreamIterator) -> PyResult<StreamIterator> {
    Ok(items)
}

/// Both classes: they differ in how they wait.
macro_rules! stream_class {
    ($(#[$doc:meta])* $class:ident, $iterator:ty, $pull:path, $gather:path, $iterated:path) => {
        $(#[$doc])*
        #[pyclass(frozen, subclass, module = "dockline._native")]
        pub(crate) struct $class {
            pub(crate) reader: Arc<Reader>,
            /// The connection behind an upgraded answer, which is split at the first read.
            pub(crate) whole: Option<Arc<Shared>>,
        }

        impl $class {
            pub(crate) fn reading(&self) -> &Arc<Reader> {
                if let Some(whole) = &self.whole {
                    whole.split(&self.reader);
                }
                &self.reader
            }
        }

        #[pymethods]
        impl $class {
            /// Status of the answer.
            #[getter]
            fn status(&self) -> u16 {
                self.reader.head().status
            }

            /// Reason phrase of the answer.
            #[getter]
            fn reason(&self) -> &str {
                &self.reader.head().reason
            }

            /// Header fields of the answer as a list of pairs.
            #[getter]
            fn headers(&self) -> Vec<(String, String)> {
                self.reader.head().headers.clone()
            }

            /// None: the body is still on the connection.
            #[getter]
            fn body(&self) -> Option<Py<PyBytes>> {
                None
            }

            /// Whether nothing more will come.
            #[getter]
            fn closed(&self) -> bool {
                self.reader.is_over()
            }

            /// Bytes of the body received so far.
            #[getter]
            fn received(&self) -> u64 {
                self.reader.received()
            }

            /// Whatever arrived, as bytes; None at a clean end.
            fn chunk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::Chunk)
            }

            /// One HTTP chunk as the engine wrote it; None at a clean end.
            fn http_chunk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::HttpChunk)
            }

            /// Exactly `n` bytes, fewer only at the end.
            fn read<'py>(&self, py: Python<'py>, n: usize) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::Read(n))
            }

            /// The frames that arrived, as a list of (type, bytes); None at a clean end.
            fn frames<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::Frames)
            }

            /// The lines that arrived, as a list of bytes; None at a clean end.
            fn lines<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::Lines)
            }

            /// The JSON values that arrived, as a list of bytes; None at a clean end.
            fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                $pull(py, self.reading(), Verb::Values)
            }

            /// The rest of the stream as one bytes object, or as (stdout, stderr).
            fn gather<'py>(&self, py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
                $gather(py, self.reading(), Kind::parse(kind, 0)?)
            }

            /// Iterate over items of a kind, each decoded by `decode` if that is given.
            #[pyo3(name = "iter", signature = (kind, *, size=0, decode=None))]
            fn items(
                &self,
                py: Python<'_>,
                kind: &str,
                size: usize,
                decode: Option<Py<PyAny>>,
            ) -> PyResult<$iterator> {
                let items = StreamIterator::new(py, self.reading(), kind, size, decode)?;
                $iterated(py, items)
            }

            /// Limit the time between two reads, in seconds; None for no limit.
            fn set_idle_timeout(&self, seconds: Option<f64>) -> PyResult<()> {
                self.reader.set_idle(idle_limit(seconds)?);
                Ok(())
            }

            /// Close the stream; from any thread, more than once if need be.
            fn close(&self) {
                self.reader.close();
            }
        }
    };
}

stream_class!(
    /// The body of an answer, read by a blocking caller. Dropping it closes the connection.
    Stream,
    StreamIterator,
    pull,
    gather,
    iterated
);
stream_class!(
    /// The body of an answer, read in an event loop. Dropping it closes the connection.
    AsyncStream,
    AsyncStreamIterator,
    pull_later,
    gather_later,
    AsyncStreamIterator::new
);
