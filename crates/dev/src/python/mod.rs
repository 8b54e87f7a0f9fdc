//! The Python side: reading its source as tokens, and making the synchronous package out of the asynchronous one.

pub(crate) mod tokens;
mod translate;
mod unasync;

pub(crate) use unasync::generate;
