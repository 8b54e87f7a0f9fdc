//! The way back into JavaScript: `settle(id, error, value)`, one weak threadsafe function per JavaScript thread.
//!
//! Node drains many completions in one turn of its loop, so a burst costs one wake-up. When the thread is gone, completions are
//! dropped with everything they own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use dockline::{Error, ErrorKind, Head};
use napi::bindgen_prelude::{
    Buffer, BufferSlice, FnArgs, Function, JsObjectValue, Object, ToNapiValue, Uint32Array,
};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, JsValue, Status, sys};
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::doctor::CheckLine;
use crate::duplex::DuplexHandle;
use crate::error::ErrorData;
use crate::runtime;
use crate::stream::{Frames, Parts, StreamHandle};

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
    /// Bytes and where they are cut.
    Parts(Parts),
    /// Frames and their table.
    Frames(Frames),
    /// What an examination saw.
    Checks(Vec<CheckLine>),
    /// An ssh server's key, and the number of the question whether it is right.
    Question(u32, Vec<u8>),
    /// It failed.
    Failed(Error),
}

type Deliver = ThreadsafeFunction<
    (u32, Outcome),
    (),
    FnArgs<(u32, Option<ErrorData>, Outcome)>,
    Status,
    false,
    true,
    0,
>;

struct Shared {
    deliver: Deliver,
    running: Mutex<HashMap<u32, AbortHandle>>,
}

impl Shared {
    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<u32, AbortHandle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Delivers completions to the thread it was made on.
#[napi]
#[derive(Clone)]
pub struct Settler {
    shared: Arc<Shared>,
}

#[napi]
impl Settler {
    /// `settle(id, error, value)` is called for every completion.
    #[napi(constructor)]
    pub fn new(
        settle: Function<'_, FnArgs<(u32, Option<ErrorData>, Outcome)>, ()>,
    ) -> napi::Result<Self> {
        let deliver = settle
            .build_threadsafe_function::<(u32, Outcome)>()
            .callee_handled::<false>()
            .weak::<true>()
            .build_callback(|call| {
                let (id, outcome) = call.value;
                Ok(match outcome {
                    Outcome::Failed(error) => {
                        FnArgs::from((id, Some(ErrorData::from(&error)), Outcome::Done))
                    }
                    other => FnArgs::from((id, None, other)),
                })
            })?;
        let shared = Shared {
            deliver,
            running: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

impl Settler {
    /// Reports a completion.
    pub(crate) fn send(&self, id: u32, outcome: Outcome) {
        // The status says only whether the JavaScript thread is still there; if it is not, nobody waits.
        let _ = self
            .shared
            .deliver
            .call((id, outcome), ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Begins an operation in the calling thread, which sends a small request without waking another one, and runs the rest of it
    /// as `run` does.
    pub(crate) fn run_here<F>(&self, id: u32, cancellable: bool, operation: F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut operation = Box::pin(operation);
        match runtime::poll_once(operation.as_mut()) {
            Some(outcome) => self.send(id, outcome),
            None => self.run(id, cancellable, operation),
        }
    }

    /// Runs an operation and reports what it came to. With `cancellable`, `cancel(id)` drops it, and then nothing is reported.
    pub(crate) fn run<F>(&self, id: u32, cancellable: bool, operation: F)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let settler = self.clone();
        // Held until the handle is registered, so that an operation that ends at once still finds it.
        let mut running = cancellable.then(|| self.shared.running());
        let task = runtime::spawn(async move {
            let outcome = operation.await;
            if cancellable {
                settler.shared.running().remove(&id);
            }
            settler.send(id, outcome);
        });
        match (task, &mut running) {
            (Some(task), Some(running)) => {
                running.insert(id, task.abort_handle());
            }
            (Some(_), None) => {}
            (None, _) => self.send(id, Outcome::Failed(no_threads())),
        }
    }

    /// Drops a running operation, which closes its connection.
    pub(crate) fn cancel(&self, id: u32) {
        let task = self.shared.running().remove(&id);
        if let Some(task) = task {
            task.abort();
        }
    }
}

pub(crate) fn no_threads() -> Error {
    Error::new(ErrorKind::Io, "the runtime's threads could not be started")
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

fn with_slab<'env>(
    env: &'env Env,
    slab: Bytes,
    name: &str,
    table: Vec<u32>,
) -> napi::Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set_named_property("slab", buffer(env, slab)?)?;
    object.set_named_property(name, Uint32Array::from(table))?;
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
        Outcome::Parts(parts) => with_slab(env, parts.slab, "ends", parts.ends)?,
        Outcome::Frames(frames) => with_slab(env, frames.slab, "table", frames.table)?,
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
