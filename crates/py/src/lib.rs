//! The Python binding: call, stream and upgrade over the core, as the extension module `dockline._native`.
//!
//! Bytes cross the boundary, not object graphs; errors cross it as fields that `dockline.errors` turns into exceptions.

mod archive;
mod asyncio;
mod body;
mod check;
mod client;
mod doctor;
mod duplex;
mod engine;
mod error;
mod event_loop;
#[cfg(unix)]
mod file;
mod gate;
mod gather;
mod items;
mod json;
mod reader;
mod runtime;
mod stream;
mod versions;

/// The native half of dockline.
#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::gate::install(module)
    }

    #[pymodule_export]
    use crate::archive::ArchivePieces;
    #[pymodule_export]
    use crate::check::{describe_exit, describe_reply, describe_words, failure, kind_table, kinds};
    #[pymodule_export]
    use crate::client::{AsyncEngine, Engine, NativeReply};
    #[pymodule_export]
    use crate::doctor::examine;
    #[pymodule_export]
    use crate::duplex::{AsyncDuplex, Duplex};
    #[cfg(unix)]
    #[pymodule_export]
    use crate::file::FileBody;
    #[pymodule_export]
    use crate::json::decode_json;
    #[pymodule_export]
    use crate::stream::{AsyncStream, AsyncStreamIterator, Stream, StreamIterator};
    #[pymodule_export]
    use crate::versions::{
        Findings, behaviours_json, check_json, known_range, newest_common, operations_with,
        response_field, response_fields, review,
    };
}
