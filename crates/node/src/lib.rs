//! The Node binding: three verbs over one core, completions delivered through one function per JavaScript thread.
//!
//! - `task`: operations that are polled in the JavaScript thread; `runtime`: the thread that waits for them.
//! - `settle`: the way back into JavaScript. It never keeps a process alive by itself; the TypeScript side counts what is pending.
//! - `event_loop`: libuv waits for sockets; `turn`: what it has brought goes to JavaScript, small pieces of many streams at once.
//! - `outcome`: what operations come to, and what JavaScript gets of it.
//! - `client`: `Engine` with `call`, `stream` and `upgrade`.
//! - `archive`: build contexts, packed while they are sent.
//! - `body`: a request body pushed from JavaScript through a bounded channel; `file`: a file as one of its parts.
//! - `stream`, `duplex`: handles that are read one batch at a time, into memory that `slab` uses again.
//! - `error`: errors as data; `node/src/errors.ts` makes classes of them.
//! - `tls`: TLS settings as JavaScript gives them.
//! - `ssh`: what the ssh client inside this process is given.
//! - `questions`: what only JavaScript knows while a connection opens: whether a server is the right one.
//! - `versions`, `doctor`: what the core knows of API versions, and the look at everything between a program and its engine.
//!
//! Nothing here blocks a JavaScript thread, and no error of a request is thrown across the boundary.

#![expect(
    clippy::needless_pass_by_value,
    reason = "napi passes functions, objects and typed arrays by value"
)]

mod archive;
mod body;
mod client;
mod doctor;
mod duplex;
mod error;
#[cfg(unix)]
mod event_loop;
#[cfg(unix)]
mod file;
mod outcome;
mod questions;
mod runtime;
mod settle;
mod slab;
mod ssh;
mod stream;
mod task;
mod tls;
#[cfg(unix)]
mod turn;
mod versions;
