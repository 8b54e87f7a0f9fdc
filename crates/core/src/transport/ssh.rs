//! ssh: the user's own `ssh` runs `docker system dial-stdio` on the engine's host, as the docker CLI does.
//!
//! Configuration, agents, jump hosts and known hosts are ssh's business. A connection is one process; the pool keeps it for
//! the next request, and dropping it kills the process. A connection that ends before its first byte says what ssh said.

use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::pin::Pin;
use std::process::Stdio;
#[cfg(unix)]
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

#[cfg(unix)]
use super::process::Process;
use super::ssh_error::Refusal;
use super::{Address, Connection, SocketControl};
use crate::config::Endpoint;
use crate::error::{Error, ErrorKind};

/// How much of what ssh says is kept.
const STDERR_LIMIT: usize = 4096;

/// As in the docker CLI.
const CONNECT_TIMEOUT: &str = "ConnectTimeout=30";

/// Starts ssh; whether it gets through shows at the first read.
pub(super) fn connect(endpoint: &Endpoint) -> Result<Connection, Error> {
    let mut child = command(&endpoint.address).spawn().map_err(|error| {
        let (message, hint) = if error.kind() == io::ErrorKind::NotFound {
            (
                "there is no program `ssh` in PATH".to_owned(),
                "install the OpenSSH client (Debian: openssh-client)",
            )
        } else {
            (
                format!("ssh cannot be started: {error}"),
                "check the ssh program",
            )
        };
        Error::new(ErrorKind::Ssh, format!("{}: {message}", endpoint.summary()))
            .with_hint(hint)
            .with_os_code(error.raw_os_error())
            .with_source(error)
    })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(Error::new(
            ErrorKind::Ssh,
            "ssh was started without its pipes",
        ));
    };
    #[cfg(unix)]
    let (process, control) = {
        let output = stdout
            .as_fd()
            .try_clone_to_owned()
            .map_err(|error| Error::from_io("ssh's output cannot be watched", error))?;
        let process = Arc::new(Process::new(child.id(), output));
        let control = SocketControl::Process(Arc::downgrade(&process));
        (process, control)
    };
    #[cfg(not(unix))]
    let control = SocketControl::None;
    let dialed = Dialed {
        #[cfg(unix)]
        _process: process,
        _child: child,
        stdin: Some(stdin),
        stdout,
        stderr: Some(stderr),
        said: Vec::new(),
        answered: false,
    };
    Ok(Connection::Other(Box::new(dialed), control))
}

fn command(address: &Address) -> Command {
    let mut command = Command::new("ssh");
    if std::env::var_os("SSH_ASKPASS").is_none() {
        // Nobody can answer a prompt here: a refusal beats waiting for one.
        command.args(["-o", "BatchMode=yes"]);
    }
    command.args(["-o", CONNECT_TIMEOUT, "-T"]);
    if let Address::Ssh {
        user,
        host,
        port,
        path,
    } = address
    {
        if let Some(user) = user {
            command.args(["-l", user]);
        }
        if let Some(port) = port {
            command.args(["-p", &port.to_string()]);
        }
        command.args(["--", host, "docker"]);
        if let Some(path) = path {
            command.args(["--host", &quoted(&format!("unix://{path}"))]);
        }
    }
    command
        .args(["system", "dial-stdio"])
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// The same in one line, for a client that is not the program.
#[cfg(feature = "ssh-client")]
pub(super) fn dial_stdio(address: &Address) -> String {
    match address {
        Address::Ssh {
            path: Some(path), ..
        } => {
            let socket = quoted(&format!("unix://{path}"));
            format!("docker --host {socket} system dial-stdio")
        }
        _ => "docker system dial-stdio".to_owned(),
    }
}

/// The remote shell sees the argument as one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A running ssh as a byte stream.
struct Dialed {
    /// Killed when dropped, with everything it started.
    #[cfg(unix)]
    _process: Arc<Process>,
    /// Reaped when dropped.
    _child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    stderr: Option<ChildStderr>,
    said: Vec<u8>,
    answered: bool,
}

impl Dialed {
    /// Reads what ssh says, so that it never blocks on a full pipe; only the beginning is kept.
    fn poll_stderr(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut space = [0; 1024];
        while let Some(stderr) = &mut self.stderr {
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(Pin::new(stderr).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    let room = STDERR_LIMIT.saturating_sub(self.said.len());
                    let filled = buffer.filled();
                    self.said
                        .extend_from_slice(filled.get(..room).unwrap_or(filled));
                }
                _ => self.stderr = None,
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Dialed {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        space: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let _ = this.poll_stderr(cx);
        let before = space.filled().len();
        ready!(Pin::new(&mut this.stdout).poll_read(cx, space))?;
        if space.filled().len() > before {
            this.answered = true;
            return Poll::Ready(Ok(()));
        }
        if this.answered {
            return Poll::Ready(Ok(()));
        }
        ready!(this.poll_stderr(cx));
        Poll::Ready(Err(io::Error::other(Refusal::new(&this.said))))
    }
}

impl AsyncWrite for Dialed {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stdin {
            Some(stdin) => match ready!(Pin::new(stdin).poll_write(cx, bytes)) {
                // ssh is gone; reading says why.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    Poll::Ready(Ok(bytes.len()))
                }
                other => Poll::Ready(other),
            },
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stdin {
            Some(stdin) => Pin::new(stdin).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Closes ssh's input, which `dial-stdio` passes on to the engine as a half close.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(stdin) = &mut this.stdin {
            ready!(Pin::new(stdin).poll_shutdown(cx))?;
        }
        this.stdin = None;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_the_clis() {
        let address: Address = "ssh://me@box:2222/run/my docker.sock".parse().unwrap();
        let command = command(&address);
        let words: Vec<_> = command
            .as_std()
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let tail = &words[words.iter().position(|word| word == "-T").unwrap() + 1..];
        assert_eq!(
            tail,
            [
                "-l",
                "me",
                "-p",
                "2222",
                "--",
                "box",
                "docker",
                "--host",
                "'unix:///run/my docker.sock'",
                "system",
                "dial-stdio"
            ]
        );
    }
}
