//! API versions: the type, which engine release serves which, and what changed its meaning between them.

mod api_version;
mod behaviour;
#[rustfmt::skip]
mod behaviour_rows;
mod body;
mod call;
mod case;
mod check;
#[rustfmt::skip]
mod engine_rows;
mod describe;
#[cfg(test)]
mod describe_tests;
mod engines;
mod finding;
mod recognise;
mod response;
mod review;
mod rule;
mod rules;
mod scan;
mod suggest;
mod touched;
#[cfg(test)]
mod touched_tests;
#[cfg(test)]
mod vector_tests;

pub use api_version::{ApiVersion, ParseVersionError};
pub use behaviour::{Behaviour, Change, Origin};
pub use behaviour_rows::BEHAVIOURS;
pub use case::{behaviours_json, check_json};
pub use check::{check, examine};
pub use describe::{Context, Effect, Why, describe, effect};
pub use engine_rows::ENGINES;
pub use engines::{EngineRelease, engine_for, engine_row};
pub use finding::{Finding, FindingKind, Location, Plain, to_json};
pub use response::{operations_with, refused_by_default, response_field, response_fields};
pub use review::review;
pub use touched::{behaviours, by_id as behaviour};
