//! Who may open the socket.

use super::Check;
use crate::config::Endpoint;
use crate::transport::Address;

#[cfg(unix)]
pub(super) fn check(endpoint: &Endpoint) -> Option<Check> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let Address::Unix(path) = &endpoint.address else {
        return remote(endpoint);
    };
    // A missing socket is what reaching it says.
    let found = std::fs::metadata(path).ok()?;
    if !found.file_type().is_socket() {
        return Some(Check::bad(
            "socket",
            format!("{} is not a socket", path.display()),
            "point DOCKER_HOST at the engine's socket",
        ));
    }
    let mode = found.mode() & 0o777;
    let text = format!(
        "owner {}, group {}, mode {mode:o}",
        found.uid(),
        found.gid()
    );
    if mode & 0o002 != 0 {
        return Some(Check::warning(
            "socket",
            text,
            "everybody on this machine may use the engine, which is root: remove the write permission of others",
        ));
    }
    Some(Check::good("socket", text))
}

#[cfg(not(unix))]
pub(super) fn check(endpoint: &Endpoint) -> Option<Check> {
    remote(endpoint)
}

fn remote(endpoint: &Endpoint) -> Option<Check> {
    match &endpoint.address {
        Address::Tcp { tls: false, .. }
            if endpoint.tls.is_none() && endpoint.address.is_remote() =>
        {
            Some(Check::warning(
                "transport",
                "plain TCP to another machine",
                "anybody on the way may use the engine, which is root: use TLS or ssh",
            ))
        }
        _ => endpoint.tls.as_ref().filter(|tls| !tls.verify).map(|_| {
            Check::warning(
                "transport",
                "TLS without verification",
                "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH",
            )
        }),
    }
}
