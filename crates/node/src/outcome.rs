//! What operations come to, and what JavaScript gets of it.

use bytes::Bytes;
use dockline::{Error, ErrorKind, Head};
use napi::bindgen_prelude::{Buffer, BufferSlice, JsObjectValue, Object, ToNapiValue, Uint32Array};
use napi::{Env, JsValue, sys};

use crate::doctor::CheckLine;
use crate::duplex::DuplexHandle;
use crate::stream::{Batch, StreamHandle};

/// Below this a copy is cheaper than an external buffer, and does not pin the slab it came from.
const COPY_BELOW: usize = 32 * 1024;

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
    /// An ssh server's key, and the number of the question whether it is right.
    Question(u32, Vec<u8>),
    /// It failed.
    Failed(Error),
}

impl Outcome {
    pub(crate) fn no_threads() -> Self {
        let message = "the runtime's threads could not be started";
        Self::Failed(Error::new(ErrorKind::Io, message))
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

fn head(env: &Env, head: Head) -> napi::Result<Object<'_>> {
    let mut object = Object::new(env)?;
    let mut headers = Vec::with_capacity(head.headers.len() * 2);
    for (name, value) in head.headers {
        headers.push(name);
        headers.push(value);
    }
    object.set_named_property("status", u32::from(head.status))?;
    object.set_named_property("reason", head.reason)?;
    object.set_named_property("headers", headers)?;
    Ok(object)
}

fn batch(env: &Env, batch: Batch) -> napi::Result<Object<'_>> {
    let slab = if batch.slab.as_ref().len() < COPY_BELOW {
        BufferSlice::copy_from(env, &batch.slab)?
    } else {
        buffer(env, Bytes::from_owner(batch.slab))?
    };
    let mut object = Object::new(env)?;
    object.set_named_property("slab", slab)?;
    if !batch.ends.is_empty() {
        object.set_named_property("ends", Uint32Array::from(batch.ends))?;
    }
    Ok(object)
}

fn object(env: &Env, outcome: Outcome) -> napi::Result<Option<Object<'_>>> {
    Ok(Some(match outcome {
        Outcome::Done | Outcome::End | Outcome::Failed(_) => return Ok(None),
        Outcome::Whole(of, body) => {
            let mut object = head(env, of)?;
            object.set_named_property("body", buffer(env, body)?)?;
            object
        }
        Outcome::Stream(of, handle) => {
            let mut object = head(env, of)?;
            object.set_named_property("stream", handle)?;
            object
        }
        Outcome::Duplex(of, handle) => {
            let mut object = head(env, of)?;
            object.set_named_property("duplex", handle)?;
            object
        }
        Outcome::Checks(checks) => {
            let mut object = Object::new(env)?;
            object.set_named_property("checks", checks)?;
            object
        }
        Outcome::Question(number, key) => {
            let mut object = Object::new(env)?;
            object.set_named_property("question", number)?;
            object.set_named_property("key", Buffer::from(key))?;
            object
        }
        Outcome::Batch(of) => batch(env, of)?,
    }))
}

impl ToNapiValue for Outcome {
    #[expect(unsafe_code, reason = "the signature is napi's")]
    unsafe fn to_napi_value(env: sys::napi_env, outcome: Self) -> napi::Result<sys::napi_value> {
        let env = Env::from_raw(env);
        match object(&env, outcome)? {
            Some(object) => Ok(object.raw()),
            // SAFETY: `env` is the environment this call was given.
            None => unsafe { ToNapiValue::to_napi_value(env.raw(), napi::bindgen_prelude::Null) },
        }
    }
}
