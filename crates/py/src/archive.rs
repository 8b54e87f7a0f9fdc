//! Tar archives of local files as iterators of bytes and as request bodies. Files are read with the GIL released.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use dockline::archive::{Archive, ArchiveError, Owner, OwnerNames, Telling};
use dockline::{BodySource, PieceSource};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::error::Raised;
use crate::gate::enter;
use crate::runtime::lock;

/// What Python's `tarfile` fills archives up to.
const RECORD: usize = 10240;
const LEVEL: u32 = 6;

/// A tar archive that is made while it is read.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct ArchivePieces(Mutex<Option<Archive>>);

#[pymethods]
impl ArchivePieces {
    /// The files called `names` below `root`, then `texts`, pairs of a name and contents. `owner` gives names of users and groups.
    #[new]
    #[pyo3(signature = (root, names, texts, *, gzip=false, owner=None))]
    fn new(
        root: PathBuf,
        names: Vec<std::ffi::OsString>,
        texts: Vec<(String, Vec<u8>)>,
        gzip: bool,
        owner: Option<Py<PyAny>>,
    ) -> Self {
        let telling = Telling {
            owners: owner.map(names_by),
            exact_times: true,
            hard_links: true,
            special_files: true,
            record: RECORD,
        };
        let texts = texts
            .into_iter()
            .map(|(name, contents)| (name, contents.into()))
            .collect();
        let archive = Archive::new(root, names, telling).with_texts(texts);
        let archive = if gzip { archive.packed(LEVEL) } else { archive };
        Self(Mutex::new(Some(archive)))
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let Some(mut archive) = self.take() else {
            return Ok(None);
        };
        let (archive, piece) = py.detach(move || {
            let piece = archive.next_piece();
            (archive, piece)
        });
        let piece = piece.map_err(|error| exception(py, &error))?;
        if piece.is_some() {
            *lock(&self.0) = Some(archive);
        }
        Ok(piece.map(|piece| PyBytes::new(py, &piece)))
    }

    /// Read no further.
    fn close(&self) {
        drop(self.take());
    }
}

impl ArchivePieces {
    fn take(&self) -> Option<Archive> {
        lock(&self.0).take()
    }

    /// The rest as a request body; `waiting` when whoever polls it must not block.
    pub(crate) fn source(&self, raised: &Raised, waiting: bool) -> Box<dyn BodySource> {
        let raised = raised.clone();
        Box::new(PieceSource::new(
            self.take(),
            waiting,
            move |error: ArchiveError| {
                // Without an interpreter nobody asks for the exception.
                if let Ok(exception) = enter(|py| Ok(exception(py, &error))) {
                    raised.set(exception);
                }
                io::Error::other(error)
            },
        ))
    }
}

fn names_by(ask: Py<PyAny>) -> OwnerNames {
    Box::new(move |owner| {
        let (kind, number) = match owner {
            Owner::User(number) => ("user", number),
            Owner::Group(number) => ("group", number),
        };
        // An owner that cannot be found out has no name, only its number.
        enter(|py| ask.bind(py).call1((kind, number))?.extract())
            .ok()
            .flatten()
    })
}

/// The exception for what `archive` could not do with a file.
fn exception(py: Python<'_>, error: &ArchiveError) -> PyErr {
    system_error(py, error).unwrap_or_else(|failure| failure)
}

fn system_error(py: Python<'_>, error: &ArchiveError) -> PyResult<PyErr> {
    let path = PyString::new(py, "").into_any();
    let path = match error.path.as_os_str().into_pyobject(py) {
        Ok(path) => path.into_any(),
        Err(_) => path,
    };
    let cause = match error.cause.raw_os_error() {
        Some(number) => {
            let words = py.import("os")?.call_method1("strerror", (number,))?;
            let class = py.get_type::<PyOSError>();
            PyErr::from_value(class.call1((number, words, &path))?)
        }
        None => PyOSError::new_err(error.cause.to_string()),
    };
    if !error.reading {
        return Ok(cause);
    }
    let told = PyOSError::new_err(format!("Can not read file in context: {path}"));
    told.set_cause(py, Some(cause));
    Ok(told)
}
