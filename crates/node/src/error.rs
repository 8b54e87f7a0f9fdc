//! Errors as data. The one mapping to JavaScript errors is `node/src/errors.ts`.

use dockline::{Error, ErrorKind};
use napi_derive::napi;

/// What `errors.ts` builds an error from.
#[napi(object, object_from_js = false)]
#[derive(Clone, Debug)]
pub struct ErrorData {
    /// One of `kinds()`.
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The phase a timeout interrupted.
    pub phase: Option<&'static str>,
    /// The operating system's error number.
    pub os_code: Option<i32>,
    /// The engine's address.
    pub endpoint: Option<String>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's path, without its query.
    pub path: Option<String>,
    /// How many bytes of the body had come.
    pub received: Option<f64>,
}

impl From<&Error> for ErrorData {
    fn from(error: &Error) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "JavaScript numbers; exact below 8 PiB"
        )]
        let received = error.received().map(|bytes| bytes as f64);
        Self {
            kind: error.kind().as_str(),
            message: error.message().to_owned(),
            hint: Some(error.hint().to_owned()),
            phase: error.phase(),
            os_code: error.os_code(),
            endpoint: error.endpoint().map(str::to_owned),
            method: error.method().map(str::to_owned),
            path: error.path().map(str::to_owned),
            received,
        }
    }
}

/// Every kind of error there is.
#[napi]
#[must_use]
pub(crate) fn kinds() -> Vec<&'static str> {
    ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect()
}
