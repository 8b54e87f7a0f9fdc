//! API versions: the type, which engine release serves which, and what changed its meaning between them.

mod api_version;
mod behaviour;
#[rustfmt::skip]
mod behaviour_rows;
mod body;
mod case;
mod check;
#[rustfmt::skip]
mod engine_rows;
mod engines;
mod finding;
mod scan;
mod suggest;
#[cfg(test)]
mod vector_tests;

pub use api_version::{ApiVersion, ParseVersionError};
pub use behaviour::{Behaviour, Change, Origin};
pub use behaviour_rows::BEHAVIOURS;
pub use case::check_json;
pub use check::{check, examine};
pub use engine_rows::ENGINES;
pub use engines::{EngineRelease, engine_for, engine_row};
pub use finding::{Finding, FindingKind, Location, Plain, to_json};
