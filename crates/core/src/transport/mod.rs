//! Opening a byte stream to the engine: one file per transport, one arm in `connect`.

mod address;
mod connection;
mod diagnose;
mod tcp;
#[cfg(unix)]
mod unix;

pub use address::Address;
pub(crate) use address::DEFAULT_HOST;
pub(crate) use connection::{Connection, SocketControl};

use crate::config::{Endpoint, TlsConfig};
use crate::error::{Error, ErrorKind};

/// Opens connections to one endpoint.
#[derive(Debug)]
pub(crate) struct Connector {
    endpoint: Endpoint,
    tls: Option<TlsConfig>,
}

impl Connector {
    pub(crate) fn new(endpoint: Endpoint, tls: Option<TlsConfig>) -> Self {
        Self { endpoint, tls }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Opens a connection. Dropping the future closes what was opened so far.
    pub(crate) async fn connect(&self) -> Result<Connection, Error> {
        let opened = match &self.endpoint.address {
            #[cfg(unix)]
            Address::Unix(path) => unix::connect(path)
                .await
                .map_err(|error| diagnose::unix(&self.endpoint, path, error)),
            Address::Tcp { host, port, tls } if !tls && self.tls.is_none() => {
                tcp::connect(&self.endpoint, host, *port).await
            }
            Address::Tcp { .. } => Err(self.unsupported("TLS")),
            Address::Ssh { .. } => Err(self.unsupported("ssh")),
            Address::Npipe(_) => Err(self.unsupported("a named pipe")),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(self.unsupported("a unix socket")),
        };
        opened.map_err(|error| error.with_endpoint(&self.endpoint))
    }

    fn unsupported(&self, what: &str) -> Error {
        let message = format!(
            "{} cannot be reached: this build does not speak {what} on this platform",
            self.endpoint.summary()
        );
        Error::new(ErrorKind::Unsupported, message)
    }
}
