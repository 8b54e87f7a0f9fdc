//! `cargo dev`: generators and checks. Every generated file of the repository is written here and can be checked with `--check`.

mod api;
mod entries;
mod facts;
mod literals;
mod output;
mod python;
mod rows;
mod size;
mod spec;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::api::{Api, Outcome};
use crate::output::Output;

/// Generators and checks of the dockline repository.
#[derive(Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write every generated file.
    Generate {
        /// Write nothing; fail when a file is not what would be written.
        #[arg(long)]
        check: bool,
        /// Take newer API facts from this folder first.
        #[arg(long, value_name = "DIR")]
        api: Option<PathBuf>,
    },
    /// Show that the endpoint table agrees with the facts, and that every engine path in Python and Node is a row of it.
    CheckSpec {
        /// Also compare the checked-in facts with those in this folder.
        #[arg(long, value_name = "DIR")]
        api: Option<PathBuf>,
    },
    /// Fail when a hand-written source file is too long.
    CheckSize,
}

fn main() -> ExitCode {
    let root = root();
    let outcome = match Cli::parse().task {
        Task::Generate { check, api } => generate(&root, check, api.as_deref()),
        Task::CheckSpec { api } => spec::check(&root, api.as_deref()),
        Task::CheckSize => size::check(&root),
    };
    match outcome {
        Ok(lines) => {
            say(&lines);
            ExitCode::SUCCESS
        }
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository: cargo runs this program from anywhere inside it.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[expect(
    clippy::print_stdout,
    reason = "a command line program speaks on stdout"
)]
fn say(lines: &[String]) {
    for line in lines {
        println!("{line}");
    }
}

fn complain(message: &str) {
    eprintln!("{message}");
}

fn generate(root: &Path, check: bool, newer: Option<&Path>) -> Outcome<Vec<String>> {
    let facts = newer.map_or_else(|| root.join("crates/dev/api"), Path::to_path_buf);
    let api = Api::load(&facts)?;
    let mut output = Output::default();
    if let Some(folder) = newer {
        copy_facts(folder, &mut output)?;
    }
    rows::generate(&api, &mut output)?;
    facts::generate(&api, &mut output)?;
    python::generate(root, &mut output)?;
    if !check {
        let mut lines = output.write(root)?;
        lines.push(format!("{} generated files are up to date", output.len()));
        return Ok(lines);
    }
    let differences = output.differences(root)?;
    if differences.is_empty() {
        Ok(vec![format!(
            "{} generated files are up to date",
            output.len()
        )])
    } else {
        Err(format!(
            "{}\nrun `cargo dev generate`",
            differences.join("\n")
        ))
    }
}

fn copy_facts(folder: &Path, output: &mut Output) -> Outcome<()> {
    for (name, target) in [
        ("operations.json", "crates/dev/api/operations.json"),
        ("behaviours.json", "crates/dev/api/behaviours.json"),
        (
            "example-cases.json",
            "tests/vectors/versions/example-cases.json",
        ),
    ] {
        let source = folder.join(name);
        let text = std::fs::read_to_string(&source)
            .map_err(|error| format!("{}: {error}", source.display()))?;
        output.add(target, text);
    }
    Ok(())
}
