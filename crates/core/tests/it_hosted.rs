//! The fault matrix once more, with an event loop of the program's own that waits for the sockets in place of the runtime.

#![cfg(unix)]

#[path = "it/main.rs"]
mod it;
