//! What one turn of the event loop brings, told in JavaScript: completions one by one, the small batches of streams all in one call.

use std::ptr;
use std::sync::Arc;

use napi::bindgen_prelude::{BufferSlice, Function, JsValuesTupleIntoVec};
use napi::{Env, JsError, JsValue, check_status, sys};

use crate::outcome::Outcome;
use crate::settle::{Settled, settled};
use crate::stream::Batch;
use crate::task::Task;

/// A batch below this is delivered together with others.
const SMALL: usize = 4 * 1024;

/// Whoever keeps a piece keeps all that was delivered with it.
const MOST_TOGETHER: usize = 64 * 1024;

/// The functions that are told, and what Node runs them in.
pub(crate) struct Told {
    env: sys::napi_env,
    settle: sys::napi_ref,
    deliver: sys::napi_ref,
    context: sys::napi_async_context,
}

/// Small batches of streams that read on.
#[derive(Default)]
struct Together {
    bytes: Vec<u8>,
    /// Where the part of each ends.
    parts: Vec<(Arc<Task>, usize)>,
}

impl Together {
    /// Takes a small batch, and has its stream read on; gives back anything else.
    fn take(&mut self, task: &Arc<Task>, outcome: Outcome) -> Option<Outcome> {
        match outcome {
            Outcome::Batch(batch) if is_small(&batch) && task.go_on() => {
                self.bytes.extend_from_slice(batch.slab.as_ref());
                self.parts.push((Arc::clone(task), self.bytes.len()));
                None
            }
            other => Some(other),
        }
    }
}

fn is_small(batch: &Batch) -> bool {
    batch.ends.is_empty() && batch.slab.as_ref().len() < SMALL
}

impl Told {
    pub(crate) fn new<T: JsValuesTupleIntoVec>(
        env: Env,
        settle: &Function<'_, Settled, ()>,
        deliver: &Function<'_, T, ()>,
    ) -> napi::Result<Self> {
        let name = env.create_string("dockline")?.raw();
        let mut told = Self {
            env: env.raw(),
            settle: ptr::null_mut(),
            deliver: ptr::null_mut(),
            context: ptr::null_mut(),
        };
        told.prepare(name, settle.raw(), deliver.raw())
            .inspect_err(|_| told.release())?;
        Ok(told)
    }

    /// Keeps the functions, and makes what they are called in.
    fn prepare(
        &mut self,
        name: sys::napi_value,
        settle: sys::napi_value,
        deliver: sys::napi_value,
    ) -> napi::Result<()> {
        // SAFETY: values of this environment, in a call from it.
        #[expect(unsafe_code, reason = "foreign functions")]
        unsafe {
            let context = &raw mut self.context;
            check_status!(sys::napi_async_init(
                self.env,
                ptr::null_mut(),
                name,
                context
            ))?;
            let kept = &raw mut self.settle;
            check_status!(sys::napi_create_reference(self.env, settle, 1, kept))?;
            let kept = &raw mut self.deliver;
            check_status!(sys::napi_create_reference(self.env, deliver, 1, kept))
        }
    }

    /// Lets tasks go on, and tells what they come to. To be called by the event loop, outside of any scope.
    pub(crate) fn turn(&self, tasks: Vec<Arc<Task>>) {
        if tasks.is_empty() {
            return;
        }
        let mut handles = ptr::null_mut();
        let mut scope = ptr::null_mut();
        // SAFETY: what is opened is closed in the reverse order.
        #[expect(unsafe_code, reason = "foreign functions")]
        unsafe {
            if sys::napi_open_handle_scope(self.env, &raw mut handles) != sys::Status::napi_ok {
                return;
            }
            let opened = sys::napi_open_callback_scope(
                self.env,
                ptr::null_mut(),
                self.context,
                &raw mut scope,
            );
            self.go_on(tasks);
            if opened == sys::Status::napi_ok {
                sys::napi_close_callback_scope(self.env, scope);
            }
            sys::napi_close_handle_scope(self.env, handles);
        }
    }

    fn go_on(&self, tasks: Vec<Arc<Task>>) {
        let mut together = Together::default();
        for task in tasks {
            if let Some(outcome) = task.poll()
                && let Some(outcome) = together.take(&task, outcome)
            {
                self.settle(&task, outcome);
            }
            if together.bytes.len() >= MOST_TOGETHER {
                self.deliver(std::mem::take(&mut together));
            }
        }
        self.deliver(together);
    }

    fn settle(&self, task: &Task, outcome: Outcome) {
        task.end();
        let arguments = settled(task.id, outcome).into_vec(self.env);
        self.call(self.settle, arguments);
    }

    fn deliver(&self, together: Together) {
        let Together { bytes, parts } = together;
        if parts.is_empty() {
            return;
        }
        self.call(self.deliver, self.arguments(&bytes, &parts));
        for (task, _) in parts {
            // What has come meanwhile; what was closed or is not wanted has been given up.
            if let Some(outcome) = task.poll() {
                self.settle(&task, outcome);
            }
        }
    }

    /// The bytes, and then the id and the end of each part in turn.
    fn arguments(
        &self,
        bytes: &[u8],
        parts: &[(Arc<Task>, usize)],
    ) -> napi::Result<Vec<sys::napi_value>> {
        let env = Env::from_raw(self.env);
        let mut arguments = Vec::with_capacity(1 + 2 * parts.len());
        arguments.push(BufferSlice::copy_from(&env, bytes)?.raw());
        for (task, end) in parts {
            arguments.push(env.create_uint32(task.id)?.raw());
            arguments.push(
                env.create_uint32(u32::try_from(*end).unwrap_or(u32::MAX))?
                    .raw(),
            );
        }
        Ok(arguments)
    }

    /// Calls a function; what it throws is nobody's to catch.
    fn call(&self, function: sys::napi_ref, arguments: napi::Result<Vec<sys::napi_value>>) {
        let called = arguments.and_then(|arguments| self.try_call(function, &arguments));
        if let Err(error) = called {
            // SAFETY: within the scopes of `turn`.
            #[expect(unsafe_code, reason = "foreign functions")]
            unsafe {
                let thrown = JsError::from(error).into_value(self.env);
                sys::napi_fatal_exception(self.env, thrown);
            }
        }
    }

    fn try_call(
        &self,
        reference: sys::napi_ref,
        arguments: &[sys::napi_value],
    ) -> napi::Result<()> {
        let mut function = ptr::null_mut();
        let mut receiver = ptr::null_mut();
        let mut result = ptr::null_mut();
        // SAFETY: within the scopes of `turn`; the functions are referenced until `release`.
        #[expect(unsafe_code, reason = "foreign functions")]
        unsafe {
            check_status!(sys::napi_get_reference_value(
                self.env,
                reference,
                &raw mut function
            ))?;
            check_status!(sys::napi_get_undefined(self.env, &raw mut receiver))?;
            let called = sys::napi_call_function(
                self.env,
                receiver,
                function,
                arguments.len(),
                arguments.as_ptr(),
                &raw mut result,
            );
            if called == sys::Status::napi_pending_exception {
                let mut thrown = ptr::null_mut();
                check_status!(sys::napi_get_and_clear_last_exception(
                    self.env,
                    &raw mut thrown
                ))?;
                sys::napi_fatal_exception(self.env, thrown);
                return Ok(());
            }
            check_status!(called)
        }
    }

    /// Gives up what `prepare` made; what it did not make is refused by Node.
    pub(crate) fn release(&self) {
        // SAFETY: made in this environment, which still exists, and not used again.
        #[expect(unsafe_code, reason = "foreign functions")]
        unsafe {
            sys::napi_delete_reference(self.env, self.settle);
            sys::napi_delete_reference(self.env, self.deliver);
            sys::napi_async_destroy(self.env, self.context);
        }
    }
}
