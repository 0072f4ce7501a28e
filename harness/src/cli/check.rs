//! `peerstate check` and `peerstate explore`.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};

use peerstate_model::known::counterexamples::known_counterexamples;
use peerstate_model::machine::check::CheckReport;
use peerstate_model::machine::model::ConnectionModel;
use stateright::Model;

use super::progress::Progress;
use super::{CliError, Exit, Format, choices};
use crate::editions::Named;
use crate::report::check::{self, Checked, Checking, human, json};

/// Explores the connection model exhaustively and checks every property.
///
/// For a draft without an algorithm, only the laws of its definitions are checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate check --edition repaired --transports 3 --paths")]
pub(crate) struct Args {
    /// The edition, or the file of a draft [default: the two Recommendations and repaired]; `all`
    /// checks every edition that has an algorithm.
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// The largest number of transports at one time.
    #[arg(long, value_name = "N", default_value_t = 4)]
    transports: usize,
    /// Check an answer to a policy besides those that nobody disputes: ID for its first answer,
    /// ID=ANSWER, `all`, or `none` for not even those. docs/policies.md lists them.
    #[arg(long = "policy", value_name = "ID[=ANSWER]")]
    policies: Vec<String>,
    /// Show the shortest path of every witness, not only of counterexamples.
    #[arg(long)]
    paths: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Opens the connection model in Stateright's Explorer, in the browser.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate explore --edition repaired --transports 2")]
pub(crate) struct ExploreArgs {
    /// The edition, or the file of a draft [default: repaired].
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// The largest number of transports at one time.
    #[arg(long, value_name = "N", default_value_t = 2)]
    transports: usize,
    /// The address where the Explorer listens.
    #[arg(long, default_value = "127.0.0.1:3000")]
    address: SocketAddr,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    let known = known_counterexamples()?;
    let choices = choices(&args.policies)?;
    let editions = check::editions(args.edition.as_deref())?;
    let checking = Checking {
        transports: args.transports,
        choices: &choices,
        known: &known,
    };
    let progress = Progress::of_one();
    let say = progress.sayer();
    let watch = move |id: &str, states| say(format!("{id}: {states} states so far"));
    let mut reports = Vec::new();
    let give = |checked: Checked| {
        if args.format == Format::Human {
            human::write(out, &checked, args.paths)?;
        }
        reports.push(checked.report);
        Ok::<_, CliError>(())
    };
    checking.check_all(&editions, watch, give)?;
    drop(progress);
    if args.format == Format::Json {
        json::write(out, &reports)?;
    }
    let is_as_expected = reports.iter().all(CheckReport::is_as_expected);
    Ok(Exit::of(is_as_expected))
}

pub(super) fn explore(args: &ExploreArgs) -> Result<Exit, CliError> {
    let Named { edition, .. } = Named::find_or_default(args.edition.as_deref())?;
    let model = ConnectionModel::of(&edition, args.transports).map_err(CliError::usage)?;
    let address = free(args.address)?;
    writeln!(
        anstream::stderr(),
        "Open http://{address} in a browser; press Ctrl-C to stop."
    )?;
    model.checker().threads(1).serve(address);
    Ok(Exit::Fine)
}

/// Returns the address, if the Explorer can listen there; port 0 becomes a free port. Otherwise the
/// Explorer itself would panic.
fn free(address: SocketAddr) -> Result<SocketAddr, CliError> {
    let listener = TcpListener::bind(address).and_then(|listener| listener.local_addr());
    listener.map_err(|error| {
        let next = address.port().checked_add(1).unwrap_or(3001);
        let other = SocketAddr::new(address.ip(), next);
        CliError::Usage(format!(
            "the Explorer can not listen at {address}: {error}; choose another address, such as \
             `--address {other}`"
        ))
    })
}
