//! `fake-engine`: a fake engine as a program. It prints one JSON line when it listens and ends with its standard input.

use clap::Parser;
use fake_engine::{Address, FakeEngine, Scenario};
use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A scripted Docker engine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Listen on this unix socket.
    #[arg(long, required_unless_present = "tcp", conflicts_with = "tcp")]
    unix: Option<PathBuf>,
    /// Listen on this address; port 0 lets the system choose.
    #[arg(long)]
    tcp: Option<SocketAddr>,
    /// Play this scenario.
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// Append every completed request to this file, as a JSON line.
    #[arg(long)]
    record: Option<PathBuf>,
    /// Say this release in `/version` and `/_ping`.
    #[arg(long)]
    engine_version: Option<String>,
    /// Say this newest API version.
    #[arg(long)]
    api_version: Option<String>,
    /// Say this oldest API version.
    #[arg(long)]
    min_api_version: Option<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "fake-engine: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut scenario = match &arguments.scenario {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            Scenario::parse(&text)?
        }
        None => Scenario::default(),
    };
    let engine = &mut scenario.engine;
    engine.version = arguments
        .engine_version
        .unwrap_or_else(|| std::mem::take(&mut engine.version));
    engine.api_version = arguments
        .api_version
        .unwrap_or_else(|| std::mem::take(&mut engine.api_version));
    engine.min_api_version = arguments
        .min_api_version
        .unwrap_or_else(|| std::mem::take(&mut engine.min_api_version));
    let address = match (arguments.unix, arguments.tcp) {
        (Some(path), _) => Address::Unix(path),
        (None, Some(address)) => Address::Tcp(address),
        (None, None) => return Err("one of --unix and --tcp is needed".into()),
    };
    let engine =
        FakeEngine::start_at(&address, scenario).map_err(|error| format!("{address}: {error}"))?;
    if let Some(path) = &arguments.record {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path);
        engine.record_to(file.map_err(|error| format!("{}: {error}", path.display()))?);
    }
    let ready = serde_json::json!({"ready": true, "address": engine.url()});
    writeln!(io::stdout(), "{ready}")?;
    wait_for_end();
    engine.stop();
    Ok(())
}

/// Returns when standard input is closed. (SIGTERM ends the program by itself.)
fn wait_for_end() {
    let mut bytes = [0; 1024];
    loop {
        match io::stdin().read(&mut bytes) {
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
            _ => {}
        }
    }
}
