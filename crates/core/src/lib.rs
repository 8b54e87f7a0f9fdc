//! Docker Engine API client core.
