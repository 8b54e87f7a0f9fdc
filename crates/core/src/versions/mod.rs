//! API versions: the type, and which engine release serves which.

mod api_version;
mod engine_rows;
mod engines;

pub use api_version::{ApiVersion, ParseVersionError};
pub use engine_rows::ENGINES;
pub use engines::{EngineRelease, engine_for, engine_row};
