//! The fault matrix: the core's public API against an engine that does everything a real one might, and worse.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests: a failure is a failed test"
)]

mod calls;
mod cancel;
mod cuts;
mod hostile;
mod memory;
mod negotiation;
mod pool;
mod retry;
mod splits;
mod support;
mod timeouts;
mod upgrades;
mod uploads;
