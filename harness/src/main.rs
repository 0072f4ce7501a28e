//! The command line `peerstate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    peerstate::cli::main()
}
