//! Sockets: listening, reading requests, waiting while watching the peer, and resetting.
//!
//! A unix socket has no RST. Its peer sees `ECONNRESET` when a socket is closed while bytes it was sent are unread, so a
//! `Reader` that may have to reset leaves the last byte it handed out in the socket until it needs more.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, recv};
use socket2::{Domain, SockAddr, Socket, Type};
use std::fmt;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Reads of this size: large, since uploads are measured against the engine.
const READ: usize = 256 * 1024;

/// Where an engine listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A TCP port; port 0 lets the system choose.
    Tcp(SocketAddr),
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
            Self::Tcp(address) => write!(formatter, "tcp://{address}"),
        }
    }
}

impl Address {
    /// Listens; gives the address with the port that was chosen. A socket file left by a dead engine is replaced.
    pub(crate) fn listen(&self) -> io::Result<(Socket, Self)> {
        match self {
            Self::Unix(path) => {
                remove_stale(path);
                let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
                socket.bind(&SockAddr::unix(path)?)?;
                socket.listen(4096)?;
                Ok((socket, self.clone()))
            }
            Self::Tcp(address) => {
                let socket = Socket::new(Domain::for_address(*address), Type::STREAM, None)?;
                socket.set_reuse_address(true)?;
                socket.bind(&(*address).into())?;
                socket.listen(4096)?;
                let bound = socket
                    .local_addr()?
                    .as_socket()
                    .ok_or_else(|| io::Error::other("a TCP socket without an address"))?;
                Ok((socket, Self::Tcp(bound)))
            }
        }
    }
}

fn remove_stale(path: &Path) {
    let is_socket = std::fs::metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err() {
        drop(std::fs::remove_file(path));
    }
}

/// Reads what the peer sends.
pub(crate) struct Reader<'a> {
    socket: &'a Socket,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Leave the last byte in the socket (see above).
    careful: bool,
    /// Whether a byte in the socket was already handed out.
    lag: bool,
    /// How much was read altogether.
    pub(crate) total: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(socket: &'a Socket, careful: bool) -> Self {
        Self {
            socket,
            buffer: vec![0; READ],
            start: 0,
            end: 0,
            careful,
            lag: false,
            total: 0,
        }
    }

    /// From now on, or no longer, leave the last byte in the socket.
    pub(crate) fn set_careful(&mut self, careful: bool) {
        self.careful = careful;
    }

    /// What was read and not consumed, at least one byte unless the peer closed its sending side.
    pub(crate) fn available(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Consumes everything that is available.
    pub(crate) fn skip(&mut self) {
        self.start = self.end;
    }

    /// Takes the byte left in the socket, so that closing it is no reset.
    pub(crate) fn settle(&mut self) {
        let mut socket = self.socket;
        if std::mem::take(&mut self.lag) {
            drop(socket.read_exact(&mut [0]));
        }
    }

    /// A line without its end; nothing when the peer left first.
    pub(crate) fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let available = self.available()?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let now = end.map_or(available.len(), |end| end + 1);
            line.extend_from_slice(&available[..now]);
            self.consume(now);
            if end.is_some() {
                break;
            }
        }
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut socket = self.socket;
        self.settle();
        let count = if self.careful {
            self.read_but_one()?
        } else {
            retry(|| socket.read(&mut self.buffer))?
        };
        self.end = count;
        self.total += count as u64;
        Ok(())
    }

    /// Hands out what the socket holds and leaves the last byte of it there.
    fn read_but_one(&mut self) -> io::Result<usize> {
        let mut socket = self.socket;
        let (count, _) =
            retry(|| recv(socket, &mut self.buffer[..], RecvFlags::PEEK).map_err(io::Error::from))?;
        socket.read_exact(&mut self.buffer[..count.saturating_sub(1)])?;
        self.lag = count > 0;
        Ok(count)
    }
}

/// Looks for so long whether there is something to read. One connection at a time: others have no processor to look with.
pub(crate) fn look(socket: &Socket, time: Duration) {
    static LOOKING: Mutex<()> = Mutex::new(());
    let Ok(_alone) = LOOKING.try_lock() else {
        return;
    };
    let begun = Instant::now();
    while begun.elapsed() < time {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        match recv(socket, &mut [0u8], flags) {
            Err(rustix::io::Errno::AGAIN) => std::hint::spin_loop(),
            _ => return,
        }
    }
}

/// Waits so long (or for ever). True when the time is over, false when the peer left.
pub(crate) fn wait(socket: &Socket, time: Option<Duration>, half_closed_is_left: bool) -> bool {
    let flags = if half_closed_is_left {
        PollFlags::RDHUP
    } else {
        PollFlags::empty()
    };
    let time = time.map(|time| Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    });
    loop {
        match poll(&mut [PollFd::new(socket, flags)], time.as_ref()) {
            Ok(0) => return true,
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) | Err(_) => return false,
        }
    }
}

fn retry<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
