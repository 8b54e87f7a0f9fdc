//! The Python binding: call, stream and upgrade over the core, as the extension module `dockline._native`.
//!
//! Bytes cross the boundary, not object graphs; errors cross it as fields that `dockline.errors` turns into exceptions.

mod asyncio;
mod body;
mod check;
mod client;
mod duplex;
mod engine;
mod error;
mod items;
mod reader;
mod runtime;
mod stream;

/// The native half of dockline.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::check::{
        check_json, check_request, describe_exit, describe_reply, describe_words, failure,
        kind_table, kinds, newest_common,
    };
    #[pymodule_export]
    use crate::client::{AsyncEngine, Engine, NativeReply};
    #[pymodule_export]
    use crate::duplex::{AsyncDuplex, Duplex};
    #[pymodule_export]
    use crate::stream::{AsyncStream, AsyncStreamIterator, Stream, StreamIterator};
}
