//! One small tokio runtime for the process, started by the first request and shared by every JavaScript thread. Its thread waits
//! for clocks, and for the sockets that Node's event loop does not wait for, and does what must not hold a JavaScript thread up; everything else runs where it was asked for.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

const WORKERS: usize = 1;

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

fn runtime() -> Option<&'static Runtime> {
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(WORKERS)
                .thread_name("dockline")
                .enable_all()
                .build()
                .ok()
        })
        .as_ref()
}

/// Runs a task in the runtime's thread; `None` when the operating system gives no threads. Aborting the handle drops the task.
pub(crate) fn spawn<F>(task: F) -> Option<JoinHandle<()>>
where
    F: Future<Output = ()> + Send + 'static,
{
    Some(runtime()?.spawn(task))
}

/// Does something in the calling thread that needs the runtime's sockets and clocks; `None` as for `spawn`.
pub(crate) fn within<T>(work: impl FnOnce() -> T) -> Option<T> {
    let _context = runtime()?.enter();
    Some(work())
}
