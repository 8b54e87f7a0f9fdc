//! The fault matrix: the core's public API against an engine that does everything a real one might, and worse.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests: a failure is a failed test"
)]

#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod cancel;
#[cfg(unix)]
mod cuts;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod negotiation;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod retry;
#[cfg(unix)]
mod splits;
#[cfg(unix)]
mod stock_client;
#[cfg(unix)]
mod support;
#[cfg(unix)]
mod timeouts;
#[cfg(unix)]
mod upgrades;
#[cfg(unix)]
mod uploads;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
mod windows_engine;
#[cfg(windows)]
mod windows_upgrades;
