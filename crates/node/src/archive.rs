//! Compressed tar archives of local files. Files are read and compressed in the threads that Node keeps for such work.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use dockline::archive::{Archive, ArchiveError, Telling};
use napi::bindgen_prelude::{AsyncTask, Buffer, Either3, Null};
use napi::{Env, Task};
use napi_derive::napi;

/// Node's own default.
const LEVEL: u32 = 6;

/// What could not be done with a file.
#[napi(object)]
pub struct FileFailure {
    /// The error number; absent when it was no call of the system that failed.
    pub errno: Option<i32>,
    /// `open` or `lstat`.
    pub syscall: String,
    /// The file.
    pub path: String,
    /// What happened.
    pub message: String,
}

impl From<ArchiveError> for FileFailure {
    fn from(error: ArchiveError) -> Self {
        Self {
            errno: error.cause.raw_os_error(),
            syscall: if error.reading { "open" } else { "lstat" }.to_owned(),
            path: error.path.display().to_string(),
            message: error.cause.to_string(),
        }
    }
}

type Shared = Arc<Mutex<Option<Archive>>>;

fn lock(shared: &Shared) -> MutexGuard<'_, Option<Archive>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A compressed archive that is made while it is read.
#[napi]
pub struct ContextArchive {
    archive: Shared,
}

#[napi]
impl ContextArchive {
    /// An archive of the files called `names` below `root`.
    #[napi(constructor)]
    #[must_use]
    pub fn new(root: String, names: Vec<String>) -> Self {
        let names = names.into_iter().map(OsString::from).collect();
        let archive = Archive::new(root.into(), names, Telling::default()).packed(LEVEL);
        Self {
            archive: Arc::new(Mutex::new(Some(archive))),
        }
    }

    /// The next piece, null at the end, or what went wrong.
    #[napi(ts_return_type = "Promise<Buffer | null | FileFailure>")]
    pub fn next(&self) -> AsyncTask<NextPiece> {
        AsyncTask::new(NextPiece(Arc::clone(&self.archive)))
    }
}

/// Makes one piece.
pub struct NextPiece(Shared);

impl Task for NextPiece {
    type Output = Result<Option<Bytes>, ArchiveError>;
    type JsValue = Either3<Buffer, Null, FileFailure>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let mut archive = lock(&self.0);
        Ok(match archive.as_mut() {
            Some(open) => {
                let piece = open.next_piece();
                if !matches!(piece, Ok(Some(_))) {
                    *archive = None;
                }
                piece
            }
            None => Ok(None),
        })
    }

    fn resolve(&mut self, _env: Env, made: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(match made {
            Ok(Some(piece)) => Either3::A(Buffer::from(Vec::from(piece))),
            Ok(None) => Either3::B(Null),
            Err(error) => Either3::C(error.into()),
        })
    }
}
