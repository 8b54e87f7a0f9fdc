//! The page `crates/core/ERRORS.md` is the table of kinds and rules, written out; it cannot drift from them.
//!
//! `DOCKLINE_WRITE=1 cargo test -p dockline --lib page` writes it again.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::{ErrorKind, Retry, classify};

const HEAD: &str = "\
# Errors: every kind, what the engine says, what it means, what to do

Generated from the tables in `crates/core/src/error/`. Do not edit: a test compares it with them, and writes it again with
`DOCKLINE_WRITE=1 cargo test -p dockline --lib page`.

In Python every exception has `kind`, `family`, `summary` (the meaning), `hint`, `fields`, `engine_message`, `retryable`, `status`,
`method`, `path`, `api_version` and `endpoint`; `str(error)`, `error.explanation` (the engine's words) and the class are those of
docker-py, and Python 3.11 and newer print meaning and hint below the traceback. In Node an error has `code` (`DOCKER_` and the kind
in capitals, unless Node itself has a code such as `ECONNREFUSED`), `kind`, `explanation` (the meaning), `hint`, `fields`,
`retryable` beside `statusCode`, `reason`, `json` and `message`, and `util.inspect` shows meaning and hint.

*Repeat* says what `retry=` does: **yes** repeats any request, since it has not acted; **reads** repeats only requests that change
nothing; empty means that repeating does not help. A message that no row knows keeps the plain kind of its status.
";

#[derive(serde::Deserialize)]
struct Vector {
    engine: String,
    message: String,
    kind: String,
}

fn cell(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let id: String = "0123456789abcdef".repeat(4);
    text.replace(&id, "0123456789ab…")
}

fn title(family: &str) -> String {
    match family {
        "connection" => "Connection: no answer of the engine",
        "stream" => "Streams: an answer that did not end well",
        "client" => "This program: arguments, configuration, its wish to stop",
        "status" => "Statuses whose words nobody recognised",
        "process" => "Processes of containers",
        "build" => "Builds",
        "registry" => "Registries",
        "missing" => "What is not there",
        "conflict" => "States and names that do not allow it",
        "network" => "Networks, addresses and ports",
        "mount" => "Mounts and volumes",
        "swarm" => "The swarm",
        "request" => "Requests that are not valid",
        other => return format!("The {other}"),
    }
    .to_owned()
}

fn page() -> String {
    let text = include_str!("../../../../tests/vectors/errors/engine_messages.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    let mut examples: HashMap<&str, &Vector> = HashMap::new();
    for vector in vectors.iter().rev() {
        examples.insert(&vector.kind, vector);
    }
    let mut page = String::from(HEAD);
    let mut family = None;
    for kind in ErrorKind::ALL {
        if family != Some(kind.family()) {
            family = Some(kind.family());
            let title = title(kind.family().as_str());
            write!(
                page,
                "\n## {title}\n\n| kind | the engine says | meaning | what to do | repeat |\n| --- | --- | --- | --- | --- |\n"
            )
            .unwrap();
        }
        let said = examples
            .get(kind.as_str())
            .map_or_else(String::new, |vector| {
                let short: String = vector.message.chars().take(220).collect();
                let dots = if short.len() < vector.message.len() {
                    "…"
                } else {
                    ""
                };
                let from = if vector.engine == "source" {
                    String::new()
                } else {
                    format!(" ({})", vector.engine)
                };
                format!(
                    "`{}{dots}`{from}",
                    cell(&short).replace('`', "'").trim_end()
                )
            });
        let meaning = classify::rules()
            .find(|rule| rule.kind == *kind)
            .map_or_else(
                || kind.summary().to_owned(),
                |rule| rule.explanation.replace(['{', '}'], "*"),
            );
        let repeat = match kind.retry() {
            Retry::Never => "",
            Retry::Always => "yes",
            Retry::IfHarmless => "reads",
        };
        writeln!(
            page,
            "| `{}` | {said} | {} | {} | {repeat} |",
            kind.as_str(),
            cell(&meaning),
            cell(kind.hint())
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_is_the_table() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/ERRORS.md");
    let page = page();
    if std::env::var_os("DOCKLINE_WRITE").is_some() {
        std::fs::write(place, &page).unwrap();
    }
    let written = std::fs::read_to_string(place).unwrap_or_default();
    assert!(
        written == page,
        "ERRORS.md is old: DOCKLINE_WRITE=1 cargo test -p dockline --lib page"
    );
}

#[test]
fn every_kind_says_something() {
    for kind in ErrorKind::ALL {
        let summary = kind.summary();
        assert!(
            summary.ends_with('.') && !summary.starts_with(' '),
            "{kind}"
        );
        assert!(!kind.hint().is_empty());
        assert_eq!(ErrorKind::named(kind.as_str()), Some(*kind));
    }
    assert_eq!(ErrorKind::named("nothing"), None);
}
