//! Node's own event loop waits for the sockets, as it does for those of Node: what arrives wakes the JavaScript thread and no other.
//!
//! The core's reactor has one descriptor, and libuv watches that. Its functions are looked up in the running process; where they are
//! not to be had, the runtime's thread waits instead.
//!
//! After a request was sent, the loop looks for its answer for a moment before it sleeps (see `BusyPoll`): while an idle handle is active,
//! libuv goes round without waiting. Whatever else is to be done is done meanwhile.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use dockline::Reactor;
use dockline::drive::BusyPoll;
use libloading::os::unix::Library;
use napi::{Env, sys};
use napi_derive::napi;

use crate::task::Task;
use crate::turn::Told;

/// A `uv_poll_t` or `uv_idle_t`, which only libuv looks into.
type Handle = c_void;
type OnIdle = unsafe extern "C" fn(*mut Handle);
type OnReady = unsafe extern "C" fn(*mut Handle, c_int, c_int);
type OnClosed = unsafe extern "C" fn(*mut Handle);

/// `UV_IDLE` and `UV_POLL` among the kinds of handles, and `UV_READABLE` among what one can wait for.
const KIND_IDLE: c_int = 6;
const KIND_POLL: c_int = 8;
const READABLE: c_int = 1;

/// The functions of libuv that are needed.
struct Libuv {
    handle_size: unsafe extern "C" fn(c_int) -> usize,
    poll_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut Handle, c_int) -> c_int,
    poll_start: unsafe extern "C" fn(*mut Handle, c_int, OnReady) -> c_int,
    idle_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut Handle) -> c_int,
    idle_start: unsafe extern "C" fn(*mut Handle, OnIdle) -> c_int,
    idle_stop: unsafe extern "C" fn(*mut Handle) -> c_int,
    set_data: unsafe extern "C" fn(*mut Handle, *mut c_void),
    get_data: unsafe extern "C" fn(*const Handle) -> *mut c_void,
    unreference: unsafe extern "C" fn(*mut Handle),
    close: unsafe extern "C" fn(*mut Handle, OnClosed),
}

static LIBUV: OnceLock<Option<Libuv>> = OnceLock::new();

fn libuv() -> Option<&'static Libuv> {
    LIBUV.get_or_init(Libuv::find).as_ref()
}

impl Libuv {
    fn find() -> Option<Self> {
        let process = Library::this();
        // SAFETY: the names are libuv's, whose signatures these are in every release 1.x since 1.19.
        #[expect(unsafe_code, reason = "foreign functions")]
        unsafe {
            Some(Self {
                handle_size: *process.get(b"uv_handle_size\0").ok()?,
                poll_init: *process.get(b"uv_poll_init\0").ok()?,
                poll_start: *process.get(b"uv_poll_start\0").ok()?,
                idle_init: *process.get(b"uv_idle_init\0").ok()?,
                idle_start: *process.get(b"uv_idle_start\0").ok()?,
                idle_stop: *process.get(b"uv_idle_stop\0").ok()?,
                set_data: *process.get(b"uv_handle_set_data\0").ok()?,
                get_data: *process.get(b"uv_handle_get_data\0").ok()?,
                unreference: *process.get(b"uv_unref\0").ok()?,
                close: *process.get(b"uv_close\0").ok()?,
            })
        }
    }

    /// Room for a handle of this kind.
    fn memory(&self, kind: c_int) -> Vec<u64> {
        // SAFETY: a question about a kind of handles.
        #[expect(unsafe_code, reason = "a foreign function")]
        let size = unsafe { (self.handle_size)(kind) };
        vec![0u64; size.div_ceil(size_of::<u64>())]
    }
}

thread_local! {
    static COLLECTED: RefCell<Option<Collected>> = const { RefCell::new(None) };
    /// What this thread's environment waits with; null before `open` and after `on_end`.
    static HERE: Cell<*const Waiting> = const { Cell::new(ptr::null()) };
}

/// What one turn of a reactor has woken.
struct Collected {
    reactor: *const Reactor,
    tasks: Vec<Arc<Task>>,
}

/// Takes a task that was woken by a turn of this reactor, in this thread; gives back any other.
pub(crate) fn collect(reactor: Option<&Arc<Reactor>>, task: Arc<Task>) -> Option<Arc<Task>> {
    COLLECTED.with_borrow_mut(|collected| match (collected, reactor) {
        (Some(collected), Some(reactor)) if Arc::as_ptr(reactor) == collected.reactor => {
            collected.tasks.push(task);
            None
        }
        _ => Some(task),
    })
}

/// What libuv's handles lead to, for as long as the environment lasts.
struct Waiting {
    reactor: Arc<Reactor>,
    libuv: &'static Libuv,
    handle: *mut Handle,
    idle: *mut Handle,
    /// The handles' memory.
    _memory: [Vec<u64>; 2],
    busy: BusyPoll,
    /// Until when the loop does not sleep.
    looks_until: Cell<Option<Instant>>,
    told: Told,
    hook: sys::napi_async_cleanup_hook_handle,
}

/// A reactor that the event loop of this environment waits for, and `told` of what it brings. None where that is not possible.
pub(crate) fn open(env: Env, told: impl FnOnce() -> napi::Result<Told>) -> Option<Arc<Reactor>> {
    let libuv = libuv()?;
    let event_loop = env.get_uv_event_loop().ok()?;
    let reactor = Arc::new(Reactor::new().ok()?);
    let mut memory = [KIND_POLL, KIND_IDLE].map(|kind| libuv.memory(kind));
    let [handle, idle] = memory.each_mut().map(|of| of.as_mut_ptr().cast::<Handle>());
    let waiting = Waiting {
        reactor: Arc::clone(&reactor),
        libuv,
        handle,
        idle,
        _memory: memory,
        busy: BusyPoll::default(),
        looks_until: Cell::new(None),
        told: told().ok()?,
        hook: ptr::null_mut(),
    };
    // SAFETY: the handles' memory has the size that libuv asks for. It and `waiting` stay where they are until `on_closed`, which `on_end`
    // brings about before the environment ends. Everything happens in the environment's thread.
    #[expect(unsafe_code, reason = "foreign functions")]
    unsafe {
        if (libuv.poll_init)(event_loop, handle, reactor.as_fd().as_raw_fd()) != 0 {
            waiting.told.release();
            return None;
        }
        // This never fails.
        (libuv.idle_init)(event_loop, idle);
        let waiting = Box::into_raw(Box::new(waiting));
        for handle in [handle, idle] {
            (libuv.set_data)(handle, waiting.cast());
            // Pending operations keep the process alive, not this.
            (libuv.unreference)(handle);
        }
        let started = (libuv.poll_start)(handle, READABLE, on_ready) == 0;
        let hook = &raw mut (*waiting).hook;
        let hooked = started
            && sys::napi_add_async_cleanup_hook(env.raw(), Some(on_end), waiting.cast(), hook)
                == sys::Status::napi_ok;
        if !hooked {
            (libuv.close)(idle, on_idle_closed);
            return None;
        }
        HERE.set(waiting);
    }
    Some(reactor)
}

/// What this thread's environment waits with.
fn here() -> Option<&'static Waiting> {
    // SAFETY: it is there until `on_end`, which says that it is not, in this thread; nobody keeps it for longer than a call.
    #[expect(unsafe_code, reason = "a foreign handle leads to it, too")]
    unsafe {
        HERE.get().as_ref()
    }
}

/// Something was sent from this thread, and its answer may come soon.
#[napi]
pub(crate) fn look_for_answer() {
    if let Some(waiting) = here()
        && let Some(end) = waiting.busy.begins()
    {
        waiting.looks_until.set(Some(end));
        // SAFETY: the handle is open until `on_end`.
        #[expect(unsafe_code, reason = "a foreign function")]
        unsafe {
            (waiting.libuv.idle_start)(waiting.idle, on_idle);
        }
    }
}

/// An answer has come that a socket of Node's own has read.
#[napi]
pub(crate) fn answer_came() {
    if let Some(waiting) = here() {
        waiting.ends_look(true);
    }
}

/// The loop has gone round without finding anything.
#[expect(unsafe_code, reason = "called by libuv")]
unsafe extern "C" fn on_idle(idle: *mut Handle) {
    let Some(libuv) = libuv() else { return };
    // SAFETY: as in `on_ready`.
    let waiting = unsafe { &*(libuv.get_data)(idle).cast::<Waiting>() };
    if waiting
        .looks_until
        .get()
        .is_none_or(|end| Instant::now() >= end)
    {
        waiting.ends_look(false);
    }
}

impl Waiting {
    fn ends_look(&self, has_come: bool) {
        if self.looks_until.take().is_some() {
            self.busy.ends(has_come);
            // SAFETY: the handle is open until `on_end`.
            #[expect(unsafe_code, reason = "a foreign function")]
            unsafe {
                (self.libuv.idle_stop)(self.idle);
            }
        }
    }

    /// The tasks that can go on.
    fn woken(&self) -> Vec<Arc<Task>> {
        let collected = Collected {
            reactor: Arc::as_ptr(&self.reactor),
            tasks: Vec::new(),
        };
        COLLECTED.set(Some(collected));
        // A poller that fails tells nobody anything; the sockets' owners wait as long as their limits say.
        let _ = self.reactor.turn();
        let collected = COLLECTED.take();
        collected.map(|of| of.tasks).unwrap_or_default()
    }
}

/// The reactor's descriptor is readable.
#[expect(unsafe_code, reason = "called by libuv")]
unsafe extern "C" fn on_ready(handle: *mut Handle, _status: c_int, _events: c_int) {
    let Some(libuv) = libuv() else { return };
    // SAFETY: `open` has set it, and `on_closed`, after which this is not called, frees it.
    let waiting = unsafe { &*(libuv.get_data)(handle).cast::<Waiting>() };
    let woken = waiting.woken();
    if !woken.is_empty() {
        waiting.ends_look(true);
    }
    waiting.told.turn(woken);
}

/// The environment ends: Node waits until the hook is removed.
#[expect(unsafe_code, reason = "called by Node")]
unsafe extern "C" fn on_end(_hook: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: as in `on_ready`; the handle is open until here.
    unsafe {
        let waiting = &*data.cast::<Waiting>();
        HERE.set(ptr::null());
        waiting.reactor.close();
        (waiting.libuv.close)(waiting.idle, on_idle_closed);
    }
}

/// libuv has let go of the one handle, and is to let go of the other.
#[expect(unsafe_code, reason = "called by libuv")]
unsafe extern "C" fn on_idle_closed(idle: *mut Handle) {
    let Some(libuv) = libuv() else { return };
    // SAFETY: `waiting` lasts until `on_closed`.
    unsafe {
        let waiting = &*(libuv.get_data)(idle).cast::<Waiting>();
        (libuv.close)(waiting.handle, on_closed);
    }
}

/// libuv has let go of the handle.
#[expect(unsafe_code, reason = "called by libuv")]
unsafe extern "C" fn on_closed(handle: *mut Handle) {
    let Some(libuv) = libuv() else { return };
    // SAFETY: `open` made it, and this is called once.
    unsafe {
        let waiting = Box::from_raw((libuv.get_data)(handle).cast::<Waiting>());
        waiting.told.release();
        if !waiting.hook.is_null() {
            sys::napi_remove_async_cleanup_hook(waiting.hook);
        }
    }
}
