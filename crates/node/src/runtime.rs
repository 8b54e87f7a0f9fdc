//! One small tokio runtime for the process, started by the first request and shared by every JavaScript thread.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Enough to decode while another request is being written; streams are tasks, not threads.
const WORKERS: usize = 2;

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

/// Runs a task; `None` when the operating system gives no threads. Aborting the handle drops the task and closes its socket.
pub(crate) fn spawn<F>(task: F) -> Option<JoinHandle<()>>
where
    F: Future<Output = ()> + Send + 'static,
{
    Some(runtime()?.spawn(task))
}

/// Polls a future once in the calling thread; `None` when it has to wait, for whoever polls it next.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    let _context = runtime()?.enter();
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
