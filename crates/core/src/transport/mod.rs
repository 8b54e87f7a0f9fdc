//! Opening a byte stream to the engine: one file per transport, one arm in `connect`.

mod address;
mod connection;
mod control;
mod diagnose;
#[cfg(unix)]
mod hosted;
#[cfg(windows)]
mod npipe;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod reactor;
#[cfg(target_os = "linux")]
pub(crate) mod send_file;
mod ssh;
#[cfg(feature = "ssh-client")]
mod ssh_auth;
#[cfg(feature = "ssh-client")]
mod ssh_channel;
#[cfg(feature = "ssh-client")]
mod ssh_client;
mod ssh_error;
#[cfg(feature = "ssh-client")]
mod ssh_host_key;
#[cfg(feature = "ssh-client")]
mod ssh_settings;
mod tcp;
mod tls;
mod tls_error;
mod tls_keys;
mod tls_verify;
#[cfg(unix)]
mod unix;

pub use address::Address;
pub(crate) use address::DEFAULT_HOST;
pub(crate) use connection::Connection;
pub(crate) use control::SocketControl;
pub(crate) use diagnose::foreign;
#[cfg(unix)]
pub(crate) use hosted::Hosted;
#[cfg(unix)]
pub use reactor::Reactor;
#[cfg(feature = "ssh-client")]
pub use ssh_settings::{HostKeys, SshConfig, Verified};

#[cfg(unix)]
use std::sync::Arc;

use crate::config::{Endpoint, TlsConfig};
use crate::error::{Error, ErrorKind};

/// Who waits for unix and TCP sockets, TLS or not. Whatever else carries a connection is the runtime's.
#[derive(Clone, Debug, Default)]
pub enum Sockets {
    /// The runtime.
    #[default]
    Runtime,
    /// The program's own event loop, through a reactor.
    #[cfg(unix)]
    Reactor(Arc<Reactor>),
    /// `drive`, in the thread of whoever calls.
    #[cfg(unix)]
    Driver,
}

/// Opens connections to one endpoint.
#[derive(Debug)]
pub(crate) struct Connector {
    endpoint: Endpoint,
    tls: Option<tls::Dialer>,
    #[cfg(feature = "ssh-client")]
    ssh: Option<ssh_client::Dialer>,
    sockets: Sockets,
}

/// Who else may use what is underneath a connection, where that can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// Other calls, whose answers are read as fast as they come.
    Calls,
    /// Nobody: it may be read slowly.
    Alone,
}

impl Connector {
    pub(crate) fn new(endpoint: Endpoint, tls: Option<TlsConfig>) -> Self {
        let wanted = matches!(endpoint.address, Address::Tcp { tls: true, .. });
        let tls = tls
            .or_else(|| wanted.then(TlsConfig::default))
            .map(tls::Dialer::new);
        Self {
            endpoint,
            tls,
            #[cfg(feature = "ssh-client")]
            ssh: None,
            sockets: Sockets::Runtime,
        }
    }

    /// With somebody who waits for sockets.
    pub(crate) fn with_sockets(mut self, sockets: Sockets) -> Self {
        self.sockets = sockets;
        self
    }

    /// With the ssh client inside this process instead of the system's.
    #[cfg(feature = "ssh-client")]
    pub(crate) fn with_ssh(mut self, settings: Option<SshConfig>) -> Self {
        self.ssh = settings.map(ssh_client::Dialer::new);
        self
    }

    /// Lets go of what connections share.
    #[cfg(feature = "ssh-client")]
    pub(crate) fn close(&self) {
        if let Some(dialer) = &self.ssh {
            dialer.close();
        }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Opens a connection. Dropping the future closes what was opened so far.
    pub(crate) async fn connect(&self, sharing: Sharing) -> Result<Connection, Error> {
        let opened = match &self.endpoint.address {
            #[cfg(unix)]
            Address::Unix(path) => unix::connect(path, &self.sockets)
                .await
                .map_err(|error| diagnose::unix(&self.endpoint, path, error)),
            Address::Tcp { host, port, .. } => self.connect_tcp(host, *port).await,
            Address::Ssh { .. } => self.connect_ssh(sharing).await,
            #[cfg(windows)]
            Address::Npipe(name) => npipe::connect(&self.endpoint, name).await,
            #[cfg(not(windows))]
            Address::Npipe(_) => Err(self.unsupported("a named pipe")),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(self.unsupported("a unix socket")),
        };
        opened.map_err(|error| error.with_endpoint(&self.endpoint))
    }

    async fn connect_tcp(&self, host: &str, port: u16) -> Result<Connection, Error> {
        let connection = tcp::connect(&self.endpoint, host, port, &self.sockets).await?;
        match &self.tls {
            Some(dialer) => dialer.wrap(&self.endpoint, host, connection).await,
            None => Ok(connection),
        }
    }

    #[cfg(feature = "ssh-client")]
    async fn connect_ssh(&self, sharing: Sharing) -> Result<Connection, Error> {
        match &self.ssh {
            Some(dialer) => dialer.connect(&self.endpoint, sharing).await,
            None => ssh::connect(&self.endpoint),
        }
    }

    #[cfg(not(feature = "ssh-client"))]
    #[expect(clippy::unused_async, reason = "the other way waits")]
    async fn connect_ssh(&self, _: Sharing) -> Result<Connection, Error> {
        ssh::connect(&self.endpoint)
    }

    fn unsupported(&self, what: &str) -> Error {
        let message = format!(
            "{} cannot be reached: this build does not speak {what} on this platform",
            self.endpoint.summary()
        );
        Error::new(ErrorKind::Unsupported, message)
    }
}

/// What an input or output error of a transport means beyond its words: kind, cause and fix.
pub(crate) fn meaning(error: &std::io::Error) -> Option<(ErrorKind, String, &'static str)> {
    tls_error::meaning(error).or_else(|| ssh_error::meaning(error))
}
