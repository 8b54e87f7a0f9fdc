//! Whether the credential helpers that config.json names can be run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::Check;

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn check(folder: &Path) -> Vec<Check> {
    let path = folder.join("config.json");
    let Ok(text) = std::fs::read(&path) else {
        return vec![Check::good(
            "credentials",
            "no config.json: pulls are anonymous",
        )];
    };
    let Ok(config) = serde_json::from_slice::<Value>(&text) else {
        return vec![Check::bad(
            "credentials",
            format!("{} is not JSON", path.display()),
            "correct or remove the file",
        )];
    };
    let mut names = BTreeSet::new();
    names.extend(config.get("credsStore").and_then(Value::as_str));
    if let Some(helpers) = config.get("credHelpers").and_then(Value::as_object) {
        names.extend(helpers.values().filter_map(Value::as_str));
    }
    let auths = config.get("auths").and_then(Value::as_object);
    let stored = auths.map_or(0, serde_json::Map::len);
    let mut checks = vec![Check::good(
        "credentials",
        format!("{stored} registries in config.json"),
    )];
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        checks.push(run(name).await);
    }
    checks
}

async fn run(name: &str) -> Check {
    let program = format!("docker-credential-{name}");
    let listing = Command::new(&program)
        .arg("list")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(PATIENCE, listing).await {
        Ok(Ok(output)) if output.status.success() => {
            Check::good("helper", format!("{program} works"))
        }
        Ok(Ok(output)) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Check::bad(
                "helper",
                format!("{program} fails: {}", said.trim()),
                format!("run `{program} list` by hand"),
            )
        }
        Ok(Err(error)) => Check::bad(
            "helper",
            format!("{program} cannot be run: {error}"),
            "install it in PATH, or remove it from config.json",
        ),
        Err(_) => Check::bad(
            "helper",
            format!("{program} does not answer within {} s", PATIENCE.as_secs()),
            "it may be waiting for a key ring or a prompt",
        ),
    }
}
