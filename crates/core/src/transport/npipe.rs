//! Windows named pipes. A pipe has no shutdown: its handle lies behind a lock, so that cancelling can close it from any thread.
//!
//! In message mode, which Docker's pipe has, a message without bytes ends one direction; therefore nothing else may ever write
//! nothing. A handle stays open until the write under way (at most one piece) is over: closing drains what the engine sends
//! meanwhile, because an engine that cannot write may never read.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{Interest, ReadBuf};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, PipeMode};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};

use super::Connection;
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

/// Every instance of the pipe has a client.
const ERROR_PIPE_BUSY: i32 = 231;
/// The server has disconnected this client.
const ERROR_PIPE_NOT_CONNECTED: i32 = 233;

/// How often a busy pipe is tried, and how long where no other limit is shorter.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
const BUSY_LIMIT: Duration = Duration::from_secs(60);

/// The server may know nothing about this process, as with the docker CLI.
const SECURITY_ANONYMOUS: u32 = 0;

/// The pipes of engines that are commonly found.
const KNOWN: [&str; 4] = [
    "docker_engine",
    "dockerDesktopLinuxEngine",
    "dockerDesktopWindowsEngine",
    "podman-machine-default",
];

/// How long a closed pipe is drained for the write under way.
const LINGER: Duration = Duration::from_secs(10);

/// A write is copied before it is under way; this bounds the copy.
const PIECE: usize = 64 * 1024;

/// Connects; waits while every instance of the pipe is busy.
pub(super) async fn connect(endpoint: &Endpoint, name: &str) -> Result<Connection, Error> {
    let path = path(name).ok_or_else(|| {
        let message = format!("{} does not name a pipe", endpoint.summary());
        Error::new(ErrorKind::Config, message).with_hint("write it like npipe:////./pipe/name")
    })?;
    let started = Instant::now();
    loop {
        let opened = ClientOptions::new()
            .security_qos_flags(SECURITY_ANONYMOUS)
            .open(&path);
        match opened {
            Ok(client) => return Ok(Connection::Npipe(Arc::new(Pipe::new(client)))),
            Err(error)
                if error.raw_os_error() == Some(ERROR_PIPE_BUSY)
                    && started.elapsed() < BUSY_LIMIT =>
            {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            Err(error) => return Err(failed(endpoint, error)),
        }
    }
}

/// `//./pipe/name` as Windows writes it; nothing else is opened, since a path may also be that of a file.
fn path(name: &str) -> Option<String> {
    let mut parts = name.strip_prefix("//")?.splitn(3, '/');
    let (server, folder, pipe) = (parts.next()?, parts.next()?, parts.next()?);
    let is_pipe = !server.is_empty() && folder.eq_ignore_ascii_case("pipe") && !pipe.is_empty();
    is_pipe.then(|| name.replace('/', "\\"))
}

fn failed(endpoint: &Endpoint, error: io::Error) -> Error {
    let summary = endpoint.summary();
    let (kind, message, hint) = match error.kind() {
        _ if error.raw_os_error() == Some(ERROR_PIPE_BUSY) => (
            ErrorKind::ConnectFailed,
            format!("all instances of {summary} are busy"),
            "see what holds so many connections to the engine, or restart it".to_owned(),
        ),
        io::ErrorKind::NotFound => (
            ErrorKind::DaemonNotFound,
            format!("there is no engine at {summary}: the pipe does not exist"),
            elsewhere(),
        ),
        io::ErrorKind::PermissionDenied => (
            ErrorKind::SocketPermissionDenied,
            format!("this user may not open {summary}"),
            "add the user to the group docker-users and log in again, or run as an administrator"
                .to_owned(),
        ),
        _ => (
            ErrorKind::ConnectFailed,
            format!("the connection to {summary} failed: {error}"),
            "check the name of the pipe".to_owned(),
        ),
    };
    Error::new(kind, message)
        .with_hint(hint)
        .with_os_code(error.raw_os_error())
        .with_source(error)
}

/// What to do where the pipe is missing; the list of pipes is read, and none is opened.
fn elsewhere() -> String {
    let start = "start the engine (Docker Desktop, or `Start-Service docker`)";
    let pipes = std::fs::read_dir(r"\\.\pipe\")
        .into_iter()
        .flatten()
        .flatten();
    let others: Vec<_> = pipes
        .filter_map(|pipe| pipe.file_name().into_string().ok())
        .filter(|name| KNOWN.contains(&name.as_str()))
        .map(|name| format!("npipe:////./pipe/{name}"))
        .collect();
    if others.is_empty() {
        format!("{start}, or set DOCKER_HOST or a context to the one you mean")
    } else {
        format!(
            "{start}, or point DOCKER_HOST at one that runs: {}",
            others.join(", ")
        )
    }
}

/// An open pipe that its two directions share.
pub(crate) struct Pipe {
    client: Mutex<Option<NamedPipeClient>>,
    runtime: Handle,
    has_messages: bool,
    ended: AtomicBool,
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe")
            .field("open", &self.lock().is_some())
            .finish_non_exhaustive()
    }
}

impl Pipe {
    fn new(client: NamedPipeClient) -> Self {
        let mode = client.info().map(|info| info.mode);
        Self {
            client: Mutex::new(Some(client)),
            runtime: Handle::current(),
            has_messages: mode.is_ok_and(|mode| mode == PipeMode::Message),
            ended: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<NamedPipeClient>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the handle, whoever else has this pipe.
    pub(super) fn close(&self) {
        let Some(client) = self.lock().take() else {
            return;
        };
        let is_idle = client.try_io(Interest::WRITABLE, || Ok(())).is_ok();
        if !is_idle {
            self.runtime.spawn(timeout(LINGER, drained(client)));
        }
    }

    /// Whether it is still open and nothing unasked for has arrived. Takes a byte of what has: the connection is useless then.
    pub(super) fn is_quiet(&self) -> bool {
        let client = self.lock();
        let read = client.as_ref().map(|client| client.try_read(&mut [0]));
        matches!(read, Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock)
    }

    pub(super) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.lock().as_ref() {
            Some(client) => client.poll_read_ready(cx).map_err(lost),
            None => Poll::Ready(Err(closed())),
        }
    }

    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let client = self.lock();
        let client = client.as_ref().ok_or_else(closed)?;
        loop {
            ready!(client.poll_read_ready(cx)).map_err(lost)?;
            match client.try_read_buf(space) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return Poll::Ready(other.map(drop).map_err(lost)),
            }
        }
    }

    pub(super) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.ended.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        self.poll_message(cx, bytes.get(..PIECE).unwrap_or(bytes))
    }

    /// Ends the writing direction: a message without bytes, once.
    pub(super) fn poll_end(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ended.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if !self.has_messages {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this pipe carries bytes and not messages, so that one direction cannot be ended alone",
            )));
        }
        ready!(self.poll_message(cx, &[]))?;
        self.ended.store(true, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }

    /// Waits until no write is under way: what was written has reached the system then.
    pub(super) fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.lock().as_ref() {
            Some(client) => client.poll_write_ready(cx).map_err(lost),
            None => Poll::Ready(Err(closed())),
        }
    }

    fn poll_message(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let client = self.lock();
        let client = client.as_ref().ok_or_else(closed)?;
        loop {
            ready!(client.poll_write_ready(cx)).map_err(lost)?;
            match write(client, bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return Poll::Ready(other.map_err(lost)),
            }
        }
    }
}

/// Starts a write. The pipe counts as writable again when it is over: what the closure says clears the readiness, unless the
/// write was over before that.
fn write(client: &NamedPipeClient, bytes: &[u8]) -> io::Result<usize> {
    let mut written = Err(io::ErrorKind::WouldBlock.into());
    let _ = client.try_io(Interest::WRITABLE, || -> io::Result<()> {
        written = client.try_write(bytes);
        Err(io::ErrorKind::WouldBlock.into())
    });
    written
}

/// Throws away what arrives until the write under way is over, or the engine has gone.
async fn drained(client: NamedPipeClient) {
    let mut space = vec![0; PIECE];
    loop {
        tokio::select! {
            _ = client.writable() => return,
            readable = client.readable() => {
                let read = readable.and_then(|()| client.try_read(&mut space));
                match read {
                    Ok(1..) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    _ => return,
                }
            }
        }
    }
}

/// The standard library has no kind for a disconnected pipe.
fn lost(error: io::Error) -> io::Error {
    if error.raw_os_error() == Some(ERROR_PIPE_NOT_CONNECTED) {
        io::Error::new(io::ErrorKind::ConnectionReset, error)
    } else {
        error
    }
}

/// It was closed from outside.
fn closed() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pipes_are_opened() {
        assert_eq!(
            path("//./pipe/docker_engine").as_deref(),
            Some(r"\\.\pipe\docker_engine")
        );
        assert_eq!(path("//box/Pipe/a/b").as_deref(), Some(r"\\box\Pipe\a\b"));
        for name in ["//./c:/x", "//./pipe/", "///pipe/x", "/pipe/x", "docker"] {
            assert_eq!(path(name), None, "{name}");
        }
    }
}
