//! Docker Engine API client core.

pub mod endpoint;
pub mod versions;
