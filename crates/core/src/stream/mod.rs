//! Bodies that are pulled: read below hyper in large reads, decoded in place, bounded, cancelled by dropping.

mod body;
mod cancel;
pub mod chunked;
mod copied;
pub mod decode;
mod duplex;
pub mod frame;
pub mod json_lines;
pub mod lines;
mod reader;
mod slab;
mod socket;

pub use body::Stream;
pub use cancel::Cancel;
pub use duplex::{Duplex, DuplexWriter, Upgrade};
pub use frame::{Frame, FrameKind};
pub(crate) use reader::Reader;
pub use socket::OwnedSocket;

/// The most that one piece of a body holds.
pub const PIECE_LIMIT: usize = slab::LARGEST;
