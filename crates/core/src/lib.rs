//! Docker Engine API client core: one engine, three verbs (`call`, `stream`, `upgrade`), errors as data.

#[cfg(feature = "archive")]
pub mod archive;
pub mod client;
pub mod config;
pub mod deadline;
pub mod doctor;
pub mod drive;
pub mod endpoint;
pub mod error;
#[cfg(unix)]
mod file_part;
mod http;
mod negotiate;
mod origin;
mod pieces;
pub mod reply;
pub mod request;
pub mod retry;
pub mod stream;
mod together;
pub mod transport;
pub mod versions;

pub use ::http::Method;
pub use bytes::Bytes;
pub use client::{Engine, EngineConfig, VersionMode};
pub use config::{
    ClientKey, Endpoint, Judge, Judged, PassedOver, Pem, Rule, ServerIdentity, TlsConfig,
};
pub use error::{Error, ErrorKind, Family, Phase, Retry};
#[cfg(unix)]
pub use file_part::FilePart;
pub use negotiate::Negotiation;
pub use pieces::{PieceSource, Pieces};
pub use reply::{Head, Reply};
pub use request::{Body, BodySource, Prefix, Request, Timeouts};
pub use retry::RetryPolicy;
pub use stream::{Cancel, Duplex, DuplexWriter, Frame, FrameKind, OwnedSocket, Stream, Upgrade};
#[cfg(unix)]
pub use transport::Reactor;
pub use transport::{Address, Sockets};
#[cfg(feature = "ssh-client")]
pub use transport::{HostKeys, SshConfig, Verified};
pub use versions::ApiVersion;

#[cfg(test)]
#[cfg(unix)]
mod smoke_tests;
