//! What operations come to, and what JavaScript gets of it.

use bytes::Bytes;
use dockline::{Error, ErrorKind, Head};
use napi::bindgen_prelude::{
    BufferSlice, JsObjectValue, Null, Object, ToNapiValue, Uint32ArraySlice,
};
use napi::{Env, JsValue, sys};

use crate::doctor::CheckLine;
use crate::duplex::DuplexHandle;
use crate::questions::Question;
use crate::stream::{Batch, StreamHandle};

/// Below this a copy is cheaper than an external buffer, and does not pin the slab it came from.
const COPY_BELOW: usize = 32 * 1024;

/// No string of any Node that is served is longer.
const LONGEST_STRING: usize = (1 << 29) - 24;

/// What an operation came to.
pub enum Outcome {
    /// Nothing to report.
    Done,
    /// A stream ended cleanly.
    End,
    /// A whole answer.
    Whole(Head, Bytes),
    /// The head of an answer whose body is pulled.
    Stream(Head, StreamHandle),
    /// A connection.
    Duplex(Head, DuplexHandle),
    /// What a stream brought.
    Batch(Batch),
    /// What an examination saw.
    Checks(Vec<CheckLine>),
    /// Something that only JavaScript knows.
    Question(Question),
    /// It failed.
    Failed(Error),
}

impl Outcome {
    pub(crate) fn no_threads() -> Self {
        let message = "the runtime's threads could not be started";
        Self::Failed(Error::new(ErrorKind::Io, message))
    }

    /// Status and reason, then names and values in turn, with NUL between them, which no header can hold: one string crosses much
    /// faster than a list of them, and most are never looked at.
    pub(crate) fn head(&self) -> Option<String> {
        let (Self::Whole(head, _) | Self::Stream(head, _) | Self::Duplex(head, _)) = self else {
            return None;
        };
        let fields = head.headers.iter();
        let length = fields.map(|(name, value)| name.len() + value.len() + 2);
        let mut text = String::with_capacity(length.sum::<usize>() + head.reason.len() + 4);
        text.push_str(&head.status.to_string());
        text.push(' ');
        text.push_str(&head.reason);
        for (name, value) in &head.headers {
            text.push('\0');
            text.push_str(name);
            text.push('\0');
            text.push_str(value);
        }
        Some(text)
    }
}

/// A `Buffer` over the bytes: shared when large, copied when small.
fn buffer(env: &Env, bytes: Bytes) -> napi::Result<BufferSlice<'_>> {
    if bytes.len() < COPY_BELOW {
        return BufferSlice::copy_from(env, &bytes);
    }
    let data = bytes.as_ptr().cast_mut();
    let length = bytes.len();
    // SAFETY: `data` points at `length` bytes that `bytes` keeps alive until the finalizer drops it. Rust does not look at this
    // range again: the core hands every part of a slab out once.
    #[expect(unsafe_code, reason = "an external buffer is the only way not to copy")]
    unsafe {
        BufferSlice::from_external(env, data, length, bytes, |_, bytes| drop(bytes))
    }
}

/// A string for JSON, which is what it will be parsed from; a `Buffer` for everything else.
fn body(env: &Env, head: &Head, bytes: Bytes) -> napi::Result<sys::napi_value> {
    let is_json = head
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"));
    if is_json && bytes.len() <= LONGEST_STRING {
        if bytes.is_ascii() {
            return Ok(env.create_string_latin1(&bytes)?.raw());
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return Ok(env.create_string(text)?.raw());
        }
    }
    Ok(buffer(env, bytes)?.raw())
}

/// The bytes, or `{slab, ends}` when there are several pieces.
fn batch(env: &Env, batch: Batch) -> napi::Result<sys::napi_value> {
    let slab = if batch.slab.as_ref().len() < COPY_BELOW {
        BufferSlice::copy_from(env, &batch.slab)?
    } else {
        buffer(env, Bytes::from_owner(batch.slab))?
    };
    if batch.ends.is_empty() {
        return Ok(slab.raw());
    }
    let mut object = Object::new(env)?;
    object.set_named_property("slab", slab)?;
    object.set_named_property("ends", Uint32ArraySlice::copy_from(env, batch.ends)?)?;
    Ok(object.raw())
}

impl ToNapiValue for Outcome {
    #[expect(unsafe_code, reason = "the signature is napi's")]
    unsafe fn to_napi_value(env: sys::napi_env, outcome: Self) -> napi::Result<sys::napi_value> {
        let env = Env::from_raw(env);
        // SAFETY: `env` is the environment this call was given.
        match outcome {
            Self::Done | Self::End | Self::Failed(_) => unsafe {
                ToNapiValue::to_napi_value(env.raw(), Null)
            },
            Self::Whole(head, bytes) => body(&env, &head, bytes),
            Self::Stream(_, handle) => unsafe { ToNapiValue::to_napi_value(env.raw(), handle) },
            Self::Duplex(_, handle) => unsafe { ToNapiValue::to_napi_value(env.raw(), handle) },
            Self::Batch(of) => batch(&env, of),
            Self::Checks(checks) => unsafe { ToNapiValue::to_napi_value(env.raw(), checks) },
            Self::Question(question) => Ok(question.object(&env)?.raw()),
        }
    }
}
