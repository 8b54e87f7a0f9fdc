//! The endpoint table: every operation of the Engine API, with the versions that know it and its parts.
//!
//! A path or an API version is typed in `table/` and nowhere else. Those files are written by `cargo dev generate`
//! from the facts in `crates/dev/api/`; the types they are made of are here.

mod entry;
mod find;
mod lookup;
mod row;
#[cfg(test)]
mod spec_tests;
#[rustfmt::skip]
mod table;

pub use entry::{Entry, Gate, Shape, Type, Value, at, known};
pub(crate) use find::split;
pub use find::{by_key, find, rows};
pub use lookup::{find_exact, find_folded};
pub use row::{Media, Mode, Row, Status};
