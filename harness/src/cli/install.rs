//! `peerstate completions` and `peerstate man`: what a package installs besides the binary.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, CliError, Exit};

/// Prints the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate completions bash > \
                        ~/.local/share/bash-completion/completions/peerstate")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Prints the manual page of peerstate, or of a verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate man > peerstate.1; peerstate man run > peerstate-run.1")]
pub(crate) struct ManArgs {
    /// The verb.
    verb: Option<String>,
}

pub(super) fn completions(args: &CompletionsArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "peerstate", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Fine)
}

pub(super) fn man(args: &ManArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let mut command = Cli::command();
    command.build();
    let command = match &args.verb {
        None => command,
        Some(verb) => {
            let Some(found) = command.find_subcommand(verb) else {
                let verbs = command.get_subcommands().map(clap::Command::get_name);
                return Err(CliError::no_verb(verb, verbs));
            };
            found.clone()
        }
    };
    clap_mangen::Man::new(command).render(out)?;
    Ok(Exit::Fine)
}
