//! Docker Engine API client core.

pub mod versions;
