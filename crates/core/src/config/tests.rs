use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::*;
use crate::error::ErrorKind;

fn choose(
    explicit: Option<&str>,
    variables: &[(&str, &str)],
    default_host: &str,
) -> Result<Endpoint, Error> {
    let variables: HashMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    resolve_with(explicit, &|name| variables.get(name).cloned(), default_host)
}

fn write_context(folder: &Path, name: &str, host: &str) {
    let hash = context::folder_name(name);
    let meta = folder.join("contexts/meta").join(&hash);
    fs::create_dir_all(&meta).unwrap();
    let text = format!(
        r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}","SkipTLSVerify":false}}}}}}"#
    );
    fs::write(meta.join("meta.json"), text).unwrap();
}

#[test]
fn the_first_rule_wins_and_the_rest_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    write_context(folder.path(), "lab", "tcp://10.0.0.1:2375");
    let variables = [
        ("DOCKER_CONFIG", config),
        ("DOCKER_HOST", "tcp://1.2.3.4"),
        ("DOCKER_CONTEXT", "lab"),
    ];
    let chosen = choose(Some("unix:///x.sock"), &variables, "unix:///none").unwrap();
    assert_eq!(chosen.rule, Rule::Explicit);
    assert_eq!(chosen.passed_over.len(), 2);
    let chosen = choose(None, &variables, "unix:///none").unwrap();
    assert_eq!(
        chosen.to_string(),
        "tcp://1.2.3.4:2375 (from DOCKER_HOST); passed over: context \"lab\" from DOCKER_CONTEXT (DOCKER_HOST comes first)"
    );
    let chosen = choose(None, &[variables[0], variables[2]], "unix:///none").unwrap();
    assert_eq!(
        chosen.to_string(),
        "tcp://10.0.0.1:2375 (context \"lab\", from DOCKER_CONTEXT)"
    );
}

#[test]
fn the_current_context_brings_its_tls_files() {
    let folder = tempfile::tempdir().unwrap();
    write_context(folder.path(), "lab", "tcp://lab:2376");
    fs::write(
        folder.path().join("config.json"),
        r#"{"auths":{},"currentContext":"lab"}"#,
    )
    .unwrap();
    let tls = folder
        .path()
        .join("contexts/tls")
        .join(context::folder_name("lab"))
        .join("docker");
    fs::create_dir_all(&tls).unwrap();
    fs::write(tls.join("ca.pem"), "x").unwrap();
    let config = folder.path().to_str().unwrap();
    let chosen = choose(None, &[("DOCKER_CONFIG", config)], "unix:///none").unwrap();
    assert_eq!(chosen.rule, Rule::CurrentContext("lab".into()));
    assert_eq!(chosen.tls.unwrap().ca, Some(Pem::Path(tls.join("ca.pem"))));
    let variables = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "default")];
    let chosen = choose(None, &variables, "unix:///none").unwrap();
    assert_eq!(chosen.rule, Rule::Default);
}

#[test]
fn a_missing_context_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().to_str().unwrap();
    let variables = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "gone")];
    let error = choose(None, &variables, "unix:///none").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("\"gone\""), "{error}");
}

#[cfg(unix)]
#[test]
fn a_known_socket_stands_in_for_a_missing_default() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().to_str().unwrap();
    let variables = [("HOME", text), ("XDG_RUNTIME_DIR", text)];
    let missing = format!("unix://{text}/none.sock");
    assert_eq!(
        choose(None, &variables, &missing).unwrap().rule,
        Rule::Default
    );
    let _socket =
        std::os::unix::net::UnixListener::bind(folder.path().join("docker.sock")).unwrap();
    let chosen = choose(None, &variables, &missing).unwrap();
    assert_eq!(chosen.rule, Rule::Known("rootless Docker"));
    assert_eq!(chosen.passed_over[0].why, "it does not exist");
    let present = format!("unix://{text}/docker.sock");
    assert_eq!(
        choose(None, &variables, &present).unwrap().rule,
        Rule::Default
    );
}
