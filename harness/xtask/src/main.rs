//! `cargo xtask update` and `cargo xtask check`.

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use xtask::{GENERATED, root};

/// Tests that write the pages that they compare: pages that show the output of runs.
const TESTS: [&str; 2] = ["docs", "controls"];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let verb = env::args().nth(1);
    match verb.as_deref() {
        Some("update") => {
            for file in GENERATED.iter().filter(|file| file.is_stale()) {
                file.write()?;
                println!("{}", file.path);
            }
            let mut tests = Command::new(env!("CARGO"));
            // The whole workspace, so that nothing is built again with other features.
            tests.args(["test", "--quiet", "--workspace"]);
            for test in TESTS {
                tests.args(["--test", test]);
            }
            let status = tests.env("UPDATE_DOCS", "1").current_dir(root()).status()?;
            Ok(if status.success() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Some("check") => {
            let stale: Vec<_> = GENERATED.iter().filter(|file| file.is_stale()).collect();
            for file in &stale {
                eprintln!("{} is stale: run `cargo xtask update`", file.path);
            }
            Ok(if stale.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        _ => {
            eprintln!(
                "usage: cargo xtask update|check\n\n\
                 update  write every generated file: pages of docs/, JSON Schemas, the README's examples\n\
                 check   fail if a page or schema is stale"
            );
            Ok(ExitCode::from(2))
        }
    }
}
