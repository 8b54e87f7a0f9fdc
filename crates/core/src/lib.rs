//! Docker Engine API client core: one engine, three verbs (`call`, `stream`, `upgrade`), errors as data.

pub mod client;
pub mod config;
pub mod endpoint;
pub mod error;
pub mod reply;
pub mod request;
pub mod stream;
pub mod transport;
pub mod versions;

pub use bytes::Bytes;
pub use client::{Engine, EngineConfig, Negotiation, VersionMode};
pub use config::{Endpoint, PassedOver, Pem, Rule, TlsConfig};
pub use error::{Error, ErrorKind, Phase};
pub use http::Method;
pub use reply::{Head, Reply};
pub use request::{Body, BodySource, Prefix, Request, Timeouts};
pub use stream::{Cancel, Duplex, DuplexWriter, Frame, FrameKind, OwnedSocket, Stream, Upgrade};
pub use transport::Address;
pub use versions::ApiVersion;
