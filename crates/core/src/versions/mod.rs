//! API versions: the type, which engine release serves which, and what changed its meaning between them.

mod api_version;
mod behaviour;
#[rustfmt::skip]
mod behaviour_rows;
#[rustfmt::skip]
mod engine_rows;
mod engines;

pub use api_version::{ApiVersion, ParseVersionError};
pub use behaviour::{Behaviour, Change, Origin};
pub use behaviour_rows::BEHAVIOURS;
pub use engine_rows::ENGINES;
pub use engines::{EngineRelease, engine_for, engine_row};
