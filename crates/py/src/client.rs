//! `Engine` and `AsyncEngine`: call, stream and upgrade for Python. The same requests; they differ in how they wait.

use std::sync::Arc;

use dockline::{ApiVersion, Negotiation, Reply, Request, Timeouts, Upgrade};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::asyncio::{Finish, into_awaitable};
use crate::body::Caller;
use crate::duplex::{AsyncDuplex, Duplex};
use crate::engine::{Limits, Options, Prepared, Shared, Wire};
use crate::error::{Raised, to_python};
use crate::reader::Reader;
use crate::runtime::{block_on, block_on_answer, present};
use crate::stream::{AsyncStream, Stream};

/// How many requests of a set are under way at the same time: an engine answers them on its own cores.
const AT_ONCE: usize = 8;

/// A whole answer.
#[pyclass(frozen, get_all, module = "dockline._native")]
pub(crate) struct NativeReply {
    /// Status code.
    status: u16,
    /// Reason phrase.
    reason: String,
    /// Header fields as a list of pairs.
    headers: Vec<(String, String)>,
    /// The body.
    body: Py<PyBytes>,
}

fn replied(py: Python<'_>, reply: Reply) -> PyResult<Py<PyAny>> {
    let reply = NativeReply {
        status: reply.status,
        reason: reply.reason,
        headers: reply.headers,
        body: PyBytes::new(py, &reply.body).unbind(),
    };
    Ok(Py::new(py, reply)?.into_any())
}

/// Does what closes connections where their runtime, if there is one, finds them.
fn closing(py: Python<'_>, close: impl FnOnce() + Send) {
    let handle = present(py);
    py.detach(|| {
        let _context = handle.as_ref().map(tokio::runtime::Handle::enter);
        close();
    });
}

fn described<'py>(py: Python<'py>, known: &Negotiation) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("result", known.version.to_string())?;
    fields.set_item(
        "engine_max",
        known.engine_max.map(|version| version.to_string()),
    )?;
    fields.set_item(
        "engine_min",
        known.engine_min.map(|version| version.to_string()),
    )?;
    fields.set_item("engine_release", &known.engine_release)?;
    fields.set_item("pinned_by", &known.pinned_by)?;
    Ok(fields)
}

/// An endpoint: sentence, address, rule, what was passed over and why.
type Described = (String, String, String, Vec<(String, String)>);

fn version(text: &str) -> PyResult<ApiVersion> {
    text.parse()
        .map_err(|error: dockline::versions::ParseVersionError| {
            PyValueError::new_err(error.to_string())
        })
}

/// What both classes can do without waiting in their own way.
macro_rules! engine_class {
    ($(#[$doc:meta])* $class:ident, $caller:expr, { $($method:item)* }) => {
        $(#[$doc])*
        #[pyclass(frozen, module = "dockline._native")]
        pub(crate) struct $class(Arc<Shared>);

        #[pymethods]
        impl $class {
            /// Describe an engine by a dict of options; nothing is connected yet.
            #[new]
            fn new(py: Python<'_>, options: Options) -> PyResult<Self> {
                let config = options
                    .config()
                    .map_err(|error| to_python(py, &error, &Timeouts::default()))?;
                Ok(Self(Arc::new(Shared::open(py, config, $caller)?)))
            }

            /// What is known about versions, as a dict; None when nothing is.
            fn negotiation<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
                let known = self.0.engine(py)?.negotiation();
                known.map(|known| described(py, &known)).transpose()
            }

            /// What there is to say about versions, as a dict: asked now unless it is known, blocking the thread.
            fn survey<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                match self.0.ask_now(py, |engine| async move { engine.survey().await })? {
                    Ok(seen) => described(py, &seen),
                    Err(error) => Err(to_python(py, &error, &Timeouts::default())),
                }
            }

            /// Tell what `/version` said: release, newest and oldest API version.
            #[pyo3(signature = (release, newest, oldest=None))]
            fn learn(
                &self,
                py: Python<'_>,
                release: Option<String>,
                newest: &str,
                oldest: Option<&str>,
            ) -> PyResult<()> {
                let oldest = oldest.map(version).transpose()?;
                self.0.engine(py)?.learn(release, version(newest)?, oldest);
                Ok(())
            }

            /// Which engine was chosen, by which rule, and what was passed over: one sentence, address, rule, pairs of what and why.
            #[getter]
            fn endpoint(&self) -> Described {
                let endpoint = &self.0.config().endpoint;
                let passed = endpoint.passed_over.iter();
                (
                    endpoint.to_string(),
                    endpoint.address.to_string(),
                    endpoint.rule.to_string(),
                    passed.map(|over| (over.what.clone(), over.why.clone())).collect(),
                )
            }

            /// What is unsafe about the connection, as one sentence; None when nothing is.
            #[getter]
            fn warning(&self) -> Option<String> {
                let config = self.0.config();
                config.endpoint.warning(config.tls.as_ref())
            }

            $($method)*
        }
    };
}

engine_class! {
    /// A Docker engine for blocking callers.
    Engine, Caller::Thread, {
        /// Close idle connections and keep none; calls, streams and sockets go on, as with the original.
        fn close(&self, py: Python<'_>) -> PyResult<()> {
            let engine = self.0.engine(py)?;
            closing(py, || engine.retire());
            Ok(())
        }

        /// Send a request and return the whole answer, whatever its status.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn call(
            &self,
            py: Python<'_>,
            wire: Wire<'_>,
            timeouts: Limits,
        ) -> PyResult<Py<PyAny>> {
            let prepared = self.0.prepare(py, wire, timeouts)?;
            let Prepared { engine, request, limits, raised } = prepared;
            match block_on_answer(py, engine.call(request))? {
                Ok(reply) => replied(py, reply),
                Err(error) => Err(raised.or_mapped(py, &error, &limits)),
            }
        }

        /// Send several requests without bodies at the same time; a list of the answers, None where there is none.
        fn call_all(
            &self,
            py: Python<'_>,
            wires: Vec<Wire<'_>>,
            timeouts: Limits,
        ) -> PyResult<Vec<Option<Py<PyAny>>>> {
            let (engine, requests) = several(py, &self.0, wires, timeouts)?;
            answered(py, block_on(py, engine.call_all(requests, AT_ONCE))?)
        }

        /// Send a request and return the answer with its body still on the connection.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn stream(
            &self,
            py: Python<'_>,
            wire: Wire<'_>,
            timeouts: Limits,
        ) -> PyResult<Stream> {
            let prepared = self.0.prepare(py, wire, timeouts)?.without_idle();
            let Prepared { engine, request, limits, raised } = prepared;
            match block_on_answer(py, engine.stream(request))? {
                Ok(stream) => {
                    let reader = read(stream, &limits, raised);
                    Ok(Stream { reader, whole: None })
                }
                Err(error) => Err(raised.or_mapped(py, &error, &limits)),
            }
        }

        /// Ask for the connection itself: a duplex, or an ordinary answer when the engine refuses.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn upgrade(
            &self,
            py: Python<'_>,
            wire: Wire<'_>,
            timeouts: Limits,
        ) -> PyResult<Py<PyAny>> {
            let prepared = self.0.prepare(py, wire, timeouts)?.without_idle();
            let Prepared { engine, request, limits, raised } = prepared;
            match block_on_answer(py, engine.upgrade(request))? {
                Ok(Upgrade::Switched(duplex)) => Duplex::create(py, duplex, &limits),
                Ok(Upgrade::Refused(reply)) => replied(py, reply),
                Err(error) => Err(raised.or_mapped(py, &error, &limits)),
            }
        }

        /// Ask the engine for its versions, once; return what is known as a dict.
        fn negotiate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
            negotiate_now(py, &self.0)
        }
    }
}

engine_class! {
    /// A Docker engine for event loops: what waits returns an asyncio future, and cancelling that closes the connection.
    AsyncEngine, Caller::Loop, {
        /// Close every connection; calls in flight fail.
        fn close(&self, py: Python<'_>) -> PyResult<()> {
            let engine = self.0.engine(py)?;
            closing(py, || engine.close());
            Ok(())
        }

        /// Send a request and return the whole answer, whatever its status.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn call<'py>(
            &self,
            py: Python<'py>,
            wire: Wire<'py>,
            timeouts: Limits,
        ) -> PyResult<Bound<'py, PyAny>> {
            let prepared = self.0.prepare(py, wire, timeouts)?;
            let future = async move {
                let Prepared { engine, request, limits, raised } = prepared;
                let outcome = engine.call(request).await;
                let finish: Finish = Box::new(move |py| match outcome {
                    Ok(reply) => replied(py, reply),
                    Err(error) => Err(raised.or_mapped(py, &error, &limits)),
                });
                finish
            };
            into_awaitable(py, future, None)
        }

        /// Send several requests without bodies at the same time; a list of the answers, None where there is none.
        fn call_all<'py>(
            &self,
            py: Python<'py>,
            wires: Vec<Wire<'py>>,
            timeouts: Limits,
        ) -> PyResult<Bound<'py, PyAny>> {
            let (engine, requests) = several(py, &self.0, wires, timeouts)?;
            let future = async move {
                let found = engine.call_all(requests, AT_ONCE).await;
                let finish: Finish = Box::new(move |py| {
                    Ok(answered(py, found)?.into_pyobject(py)?.into_any().unbind())
                });
                finish
            };
            into_awaitable(py, future, None)
        }

        /// Send a request and return the answer with its body still on the connection.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn stream<'py>(
            &self,
            py: Python<'py>,
            wire: Wire<'py>,
            timeouts: Limits,
        ) -> PyResult<Bound<'py, PyAny>> {
            let prepared = self.0.prepare(py, wire, timeouts)?.without_idle();
            let future = async move {
                let Prepared { engine, request, limits, raised } = prepared;
                let outcome = engine.stream(request).await;
                let finish: Finish = Box::new(move |py| match outcome {
                    Ok(stream) => {
                        let reader = read(stream, &limits, raised);
                        Ok(Py::new(py, AsyncStream { reader, whole: None })?.into_any())
                    }
                    Err(error) => Err(raised.or_mapped(py, &error, &limits)),
                });
                finish
            };
            into_awaitable(py, future, None)
        }

        /// Ask for the connection itself: a duplex, or an ordinary answer when the engine refuses.
        #[pyo3(signature = (wire, timeouts=(None, None, None, None)))]
        fn upgrade<'py>(
            &self,
            py: Python<'py>,
            wire: Wire<'py>,
            timeouts: Limits,
        ) -> PyResult<Bound<'py, PyAny>> {
            let prepared = self.0.prepare(py, wire, timeouts)?.without_idle();
            let future = async move {
                let Prepared { engine, request, limits, raised } = prepared;
                let outcome = engine.upgrade(request).await;
                let finish: Finish = Box::new(move |py| match outcome {
                    Ok(Upgrade::Switched(duplex)) => AsyncDuplex::create(py, duplex, &limits),
                    Ok(Upgrade::Refused(reply)) => replied(py, reply),
                    Err(error) => Err(raised.or_mapped(py, &error, &limits)),
                });
                finish
            };
            into_awaitable(py, future, None)
        }

        /// Ask the engine for its versions, once; give what is known as a dict.
        fn negotiate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            let engine = self.0.engine(py)?;
            let future = async move {
                let outcome = engine.negotiate().await;
                let finish: Finish = Box::new(move |py| match outcome {
                    Ok(known) => Ok(described(py, &known)?.into_any().unbind()),
                    Err(error) => Err(to_python(py, &error, &Timeouts::default())),
                });
                finish
            };
            into_awaitable(py, future, None)
        }

        /// As `negotiate`, blocking the thread until the engine answered.
        fn negotiate_now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
            negotiate_now(py, &self.0)
        }
    }
}

fn negotiate_now<'py>(py: Python<'py>, shared: &Shared) -> PyResult<Bound<'py, PyDict>> {
    match shared.ask_now(py, |engine| async move { engine.negotiate().await })? {
        Ok(known) => described(py, &known),
        Err(error) => Err(to_python(py, &error, &Timeouts::default())),
    }
}

fn several(
    py: Python<'_>,
    shared: &Shared,
    wires: Vec<Wire<'_>>,
    timeouts: Limits,
) -> PyResult<(dockline::Engine, Vec<Request>)> {
    let prepared = wires.into_iter().map(|wire| {
        let prepared = shared.prepare(py, wire, timeouts)?;
        Ok(prepared.request)
    });
    Ok((shared.engine(py)?, prepared.collect::<PyResult<_>>()?))
}

fn answered(
    py: Python<'_>,
    found: Vec<Result<Reply, dockline::Error>>,
) -> PyResult<Vec<Option<Py<PyAny>>>> {
    let answers = found.into_iter().map(Result::ok);
    answers
        .map(|answer| answer.map(|reply| replied(py, reply)).transpose())
        .collect()
}

fn read(stream: dockline::Stream, limits: &Timeouts, raised: Raised) -> Arc<Reader> {
    let (head, cancel) = (stream.head().clone(), stream.cancel_handle());
    Reader::new(head, cancel, Some(stream), limits, raised)
}
