//! What the core knows about API versions: checks of requests, fields of answers, changes of meaning. Nothing here sends anything.

use dockline::ApiVersion;
use dockline::versions::{
    self, Behaviour, Context, Finding, FindingKind, ParseVersionError, Why, describe,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;

/// Bodies from this size on are checked without holding the interpreter.
const LARGE: usize = 64 * 1024;

/// The version that is spoken, why and by whose wish, and release and newest version of the engine, where known.
#[derive(FromPyObject)]
pub(crate) struct Spoken {
    #[pyo3(item)]
    version: String,
    #[pyo3(item)]
    why: String,
    #[pyo3(item)]
    by: Option<String>,
    #[pyo3(item)]
    engine_release: Option<String>,
    #[pyo3(item)]
    engine_max: Option<String>,
}

impl Spoken {
    fn context(self) -> PyResult<Context> {
        let why = match self.why.as_str() {
            "pinned" => Why::Pinned(self.by.unwrap_or_default()),
            "engine" => Why::Engine,
            "client" => Why::Client,
            "path" => Why::Path,
            "unprefixed" => Why::Unprefixed,
            other => return Err(PyValueError::new_err(format!("{other:?} is no reason"))),
        };
        Ok(Context {
            negotiated: parsed(&self.version)?,
            why,
            engine_release: self.engine_release,
            engine_max: self.engine_max.as_deref().map(parsed).transpose()?,
        })
    }
}

fn parsed(version: &str) -> PyResult<ApiVersion> {
    version
        .parse()
        .map_err(|error: ParseVersionError| PyValueError::new_err(error.to_string()))
}

/// What was found in a request, to be put into words when somebody listens.
#[pyclass(frozen, module = "dockline._native")]
pub(crate) struct Findings {
    found: Vec<Finding>,
    /// The version in the path.
    #[pyo3(get)]
    version: Option<String>,
}

#[pymethods]
impl Findings {
    /// Each finding as kind (`version`, `unknown` or `behaviour`), plain form as JSON text, and sentences for people.
    fn told(&self, spoken: Spoken) -> PyResult<Vec<(&'static str, String, String)>> {
        let context = spoken.context()?;
        let mut told = Vec::with_capacity(self.found.len());
        for finding in &self.found {
            let mut text = describe(finding, &context);
            if finding.kind == FindingKind::Behaviour {
                if self.has_finding_of(finding) {
                    continue;
                }
            } else if let Some(behaviour) = self.behaviour_of(finding) {
                text = format!("{text} {} {}", behaviour.what, behaviour.consequence);
            }
            told.push((kind(finding), plain(finding), text));
        }
        Ok(told)
    }
}

impl Findings {
    /// A change of meaning says the same as a finding of its version, and more.
    fn has_finding_of(&self, change: &Finding) -> bool {
        self.found
            .iter()
            .any(|finding| finding.is_version() && finding.version == change.version)
    }

    fn behaviour_of(&self, finding: &Finding) -> Option<&'static Behaviour> {
        self.found
            .iter()
            .filter(|other| other.version.is_some() && other.version == finding.version)
            .find_map(|other| other.behaviour)
    }
}

fn kind(finding: &Finding) -> &'static str {
    match finding.kind {
        FindingKind::Unknown => "unknown",
        FindingKind::Behaviour => "behaviour",
        _ => "version",
    }
}

fn plain(finding: &Finding) -> String {
    let list = versions::to_json(std::slice::from_ref(finding));
    list.trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}

/// What is worth a word about a request before it is sent; None when nothing is.
#[pyfunction]
#[pyo3(signature = (method, target, headers, body=None))]
#[expect(clippy::needless_pass_by_value, reason = "extracted from arguments")]
pub(crate) fn review(
    py: Python<'_>,
    method: &str,
    target: &str,
    headers: Vec<(String, String)>,
    body: Option<PyBackedBytes>,
) -> Option<Findings> {
    let body = body.as_deref();
    // Without a prefix the engine speaks its newest version.
    let look = || versions::review(method, target, ApiVersion::NEWEST, &headers, body);
    let found = if body.is_some_and(|body| body.len() >= LARGE) {
        py.detach(look)
    } else {
        look()
    };
    (!found.is_empty()).then(|| Findings {
        found,
        version: ApiVersion::split_prefix(target).map(|(version, _)| version.to_string()),
    })
}

/// Check a request given as JSON text; return the findings as JSON text. With `unknown`, report names no version knows, too.
#[pyfunction]
#[pyo3(signature = (case, unknown=false))]
pub(crate) fn check_json(case: &str, unknown: bool) -> PyResult<String> {
    versions::check_json(case, unknown).map_err(PyValueError::new_err)
}

/// The changes of meaning that touch a request given as JSON text.
#[pyfunction]
pub(crate) fn behaviours_json<'py>(
    py: Python<'py>,
    case: &str,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let found = versions::behaviours_json(case).map_err(PyValueError::new_err)?;
    found
        .into_iter()
        .map(|behaviour| change(py, behaviour))
        .collect()
}

fn change<'py>(py: Python<'py>, behaviour: &Behaviour) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    fields.set_item("id", behaviour.id)?;
    fields.set_item("origin", behaviour.origin.to_string())?;
    fields.set_item("area", behaviour.area)?;
    fields.set_item("what", behaviour.what)?;
    fields.set_item("consequence", behaviour.consequence)?;
    fields.set_item("hint", behaviour.hint)?;
    Ok(fields)
}

/// Why answers lack a field at the version that is spoken; None when nothing is known to have happened to it.
#[pyfunction]
pub(crate) fn response_field(
    method: &str,
    path: &str,
    field: &str,
    spoken: Spoken,
) -> PyResult<Option<String>> {
    let context = spoken.context()?;
    let found = versions::response_field(method, path, context.negotiated, field);
    Ok(found.map(|finding| describe(&finding, &context)))
}

/// The fields of an operation's answers that some version lacks.
#[pyfunction]
pub(crate) fn response_fields(method: &str, path: &str) -> Vec<&'static str> {
    versions::response_fields(method, path)
}

/// The operations (method and path template) whose answers have a field that some version lacks.
#[pyfunction]
pub(crate) fn operations_with(field: &str) -> Vec<(&'static str, String)> {
    versions::operations_with(field)
        .into_iter()
        .map(|row| (row.method(), row.path.to_owned()))
        .collect()
}

/// The oldest and the newest API version known here.
#[pyfunction]
pub(crate) fn known_range() -> (String, String) {
    (
        ApiVersion::OLDEST.to_string(),
        ApiVersion::NEWEST.to_string(),
    )
}

/// The newer of what an engine serves and what is known here, capped by the latter.
#[pyfunction]
pub(crate) fn newest_common(served: &str) -> PyResult<String> {
    Ok(parsed(served)?.min(ApiVersion::NEWEST).to_string())
}
