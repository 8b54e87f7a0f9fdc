//! Sockets of engines that are commonly found where the default one is missing.

use std::path::PathBuf;

use super::{Endpoint, Environment, PassedOver, Rule, home, is_socket};
use crate::transport::Address;

/// A socket whose owner is known.
pub(crate) struct Known {
    owner: &'static str,
    path: PathBuf,
}

/// The known sockets, in the order they are tried; whether they exist is not looked at.
pub(crate) fn known(env: &Environment<'_>) -> Vec<Known> {
    let mut found = Vec::new();
    let mut add = |owner, path: PathBuf| found.push(Known { owner, path });
    let runtime = env("XDG_RUNTIME_DIR")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    if let Some(runtime) = &runtime {
        add("rootless Docker", runtime.join("docker.sock"));
    }
    if let Some(home) = home(env) {
        add("Docker Desktop", home.join(".docker/run/docker.sock"));
        add("Docker Desktop", home.join(".docker/desktop/docker.sock"));
        add("Colima", home.join(".colima/default/docker.sock"));
        add("Colima", home.join(".colima/docker.sock"));
        add("OrbStack", home.join(".orbstack/run/docker.sock"));
        add("Rancher Desktop", home.join(".rd/docker.sock"));
    }
    if let Some(runtime) = &runtime {
        add("Podman", runtime.join("podman/podman.sock"));
    }
    add("Podman", PathBuf::from("/run/podman/podman.sock"));
    found
}

/// The default, unless it is a socket that is missing and a known one exists.
pub(crate) fn default_or_known(default: Address, known: &[Known]) -> Endpoint {
    let missing = match &default {
        Address::Unix(path) => std::fs::symlink_metadata(path).is_err(),
        _ => false,
    };
    if missing && let Some(other) = known.iter().find(|other| is_socket(&other.path)) {
        let mut endpoint =
            Endpoint::new(Address::Unix(other.path.clone()), Rule::Known(other.owner));
        endpoint.passed_over.push(PassedOver {
            what: default.to_string(),
            why: "it does not exist".to_owned(),
        });
        return endpoint;
    }
    Endpoint::new(default, Rule::Default)
}

/// The known sockets that exist, the chosen one left out.
pub(crate) fn existing(known: &[Known], chosen: &Address) -> Vec<String> {
    known
        .iter()
        .filter(|other| !matches!(chosen, Address::Unix(path) if *path == other.path))
        .filter(|other| is_socket(&other.path))
        .map(|other| format!("unix://{} ({})", other.path.display(), other.owner))
        .collect()
}

/// Sockets on this machine where an engine listens now, `chosen` left out: the default one and those known from this process's
/// environment.
#[cfg(unix)]
pub(crate) fn live_sockets(chosen: &Address) -> Vec<String> {
    let mut candidates = vec![Known {
        owner: "the default",
        path: PathBuf::from("/var/run/docker.sock"),
    }];
    candidates.extend(known(&|name| std::env::var(name).ok()));
    let mut found: Vec<String> = Vec::new();
    for other in candidates {
        let is_chosen = matches!(chosen, Address::Unix(path) if *path == other.path);
        let address = format!("unix://{}", other.path.display());
        let is_told = found.iter().any(|told| told.starts_with(&address));
        if !is_chosen && !is_told && answers(&other.path) {
            found.push(format!("{address} ({})", other.owner));
        }
    }
    found
}

/// Whether somebody listens there. Never waits: a queue that is full is a listener, too.
#[cfg(unix)]
fn answers(path: &std::path::Path) -> bool {
    use socket2::{Domain, SockAddr, Socket, Type};
    let connect = || -> std::io::Result<()> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&SockAddr::unix(path)?) {
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    };
    connect().is_ok()
}
