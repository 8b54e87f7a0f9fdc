//! A handle that reaches what is under a connection without keeping it open: to end it from anywhere, and to tell whether an
//! idle one can take another request.

use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::sync::Weak;

use socket2::SockRef;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

#[cfg(unix)]
use super::hosted::Hosted;
#[cfg(windows)]
use super::npipe::Pipe;
#[cfg(unix)]
use super::process::Process;
#[cfg(feature = "ssh-client")]
use super::ssh_channel::SshChannel;

/// What is underneath.
#[derive(Clone, Debug)]
pub(crate) enum SocketControl {
    #[cfg(unix)]
    Unix(Weak<UnixStream>),
    #[cfg(windows)]
    Npipe(Weak<Pipe>),
    Tcp(Weak<TcpStream>),
    /// A socket that the program's own event loop waits for.
    #[cfg(unix)]
    Hosted(Weak<Hosted>),
    /// What carries TLS.
    Tls(Box<Self>),
    /// The program that carries the connection.
    #[cfg(unix)]
    Process(Weak<Process>),
    /// A channel of an ssh connection.
    #[cfg(feature = "ssh-client")]
    Ssh(Weak<SshChannel>),
    #[cfg_attr(unix, expect(dead_code, reason = "what carries connections elsewhere"))]
    None,
}

impl SocketControl {
    /// Ends both directions at once; whoever reads or writes sees it.
    pub(crate) fn shutdown(&self) {
        // A socket that is already disconnected is as good as shut down.
        match self {
            #[cfg(unix)]
            Self::Unix(socket) => {
                if let Some(socket) = socket.upgrade() {
                    let _ = SockRef::from(&*socket).shutdown(Shutdown::Both);
                }
            }
            Self::Tls(carrier) => carrier.shutdown(),
            Self::Tcp(socket) => {
                if let Some(socket) = socket.upgrade() {
                    let _ = SockRef::from(&*socket).shutdown(Shutdown::Both);
                }
            }
            #[cfg(unix)]
            Self::Hosted(socket) => {
                if let Some(socket) = socket.upgrade() {
                    let _ = socket.socket().shutdown(Shutdown::Both);
                }
            }
            #[cfg(windows)]
            Self::Npipe(pipe) => {
                if let Some(pipe) = pipe.upgrade() {
                    pipe.close();
                }
            }
            #[cfg(unix)]
            Self::Process(process) => {
                if let Some(process) = process.upgrade() {
                    process.kill();
                }
            }
            #[cfg(feature = "ssh-client")]
            Self::Ssh(channel) => {
                if let Some(channel) = channel.upgrade() {
                    channel.shutdown();
                }
            }
            Self::None => {}
        }
    }

    /// Whether it is a plain socket, which costs next to nothing to open.
    pub(crate) fn is_socket(&self) -> bool {
        match self {
            #[cfg(unix)]
            Self::Unix(_) | Self::Hosted(_) => true,
            #[cfg(windows)]
            Self::Npipe(_) => true,
            Self::Tcp(_) => true,
            _ => false,
        }
    }

    /// Whether only a driver can wait for what is underneath.
    #[cfg(unix)]
    pub(crate) fn needs_driver(&self) -> bool {
        match self {
            Self::Hosted(socket) => socket.upgrade().is_some_and(|socket| socket.needs_driver()),
            Self::Tls(carrier) => carrier.needs_driver(),
            _ => false,
        }
    }

    /// Whether an idle connection can take another request: still open, and nothing unasked for has arrived.
    pub(crate) fn is_quiet(&self) -> bool {
        let mut byte = [MaybeUninit::uninit(); 1];
        let peeked = match self {
            #[cfg(unix)]
            Self::Unix(socket) => match socket.upgrade() {
                Some(socket) => SockRef::from(&*socket).peek(&mut byte),
                None => return false,
            },
            Self::Tls(carrier) => return carrier.is_quiet(),
            Self::Tcp(socket) => match socket.upgrade() {
                Some(socket) => SockRef::from(&*socket).peek(&mut byte),
                None => return false,
            },
            #[cfg(unix)]
            Self::Hosted(socket) => match socket.upgrade() {
                Some(socket) => socket.socket().peek(&mut byte),
                None => return false,
            },
            #[cfg(windows)]
            Self::Npipe(pipe) => return pipe.upgrade().is_some_and(|pipe| pipe.is_quiet()),
            #[cfg(unix)]
            Self::Process(process) => {
                return process.upgrade().is_some_and(|process| process.is_quiet());
            }
            #[cfg(feature = "ssh-client")]
            Self::Ssh(channel) => {
                return channel.upgrade().is_some_and(|channel| channel.is_quiet());
            }
            Self::None => return true,
        };
        peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}
