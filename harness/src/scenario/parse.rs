//! Reads a scenario from its YAML file, and reports every problem at once, each with its line and
//! column.

use std::time::Duration;

use peerstate_model::input::keys::keys;
use peerstate_model::input::located::Refused;
use peerstate_model::input::yaml::Document;

use super::error::Found;
use super::keys::ScenarioKeys;
use super::steps::read_steps;
use super::{Scenario, ScenarioError};
use crate::implementation::PeerSetup;
use crate::implementation::capability::Capability;
use crate::implementation::configuration::Configuration;

const DEFAULT_LIMIT: Duration = Duration::from_mins(5);

/// Reads a scenario.
///
/// # Errors
///
/// If the text is not a valid scenario: every problem.
pub fn parse(file: &str, id: &str, text: &str) -> Result<Scenario, Refused<ScenarioError>> {
    let document = Document::parse(file, text).map_err(Refused::into_wider)?;
    let mut problems = Found::default();
    let scenario = read_scenario(id, &document, &mut problems);
    problems.finish(file, &document, scenario)
}

fn read_scenario(id: &str, document: &Document<'_>, problems: &mut Found) -> Option<Scenario> {
    let scenario = keys::<_, ScenarioKeys>().read(document.root(), problems)?;
    let peers = match scenario.peers {
        Some(peers) => peers.value?,
        None => ["alice", "bob"].map(default_peer).to_vec(),
    };
    let names: Vec<&str> = peers.iter().map(|peer| peer.name.as_str()).collect();
    let mut requires = scenario.requires;
    let steps = read_steps(&scenario.steps?, &names, document, &mut requires, problems)?;
    for peer in &peers {
        requires.extend(implied(&peer.configuration));
    }
    Some(Scenario {
        id: id.to_owned(),
        file: None,
        title: scenario.title?,
        about: scenario.about,
        spec: scenario.spec,
        tags: scenario.tags,
        covers: scenario.covers,
        requires,
        seed: scenario.seed.unwrap_or_else(|| seed_of(id)),
        limit: scenario.limit.unwrap_or(DEFAULT_LIMIT),
        peers,
        steps,
    })
}

fn default_peer(name: &str) -> PeerSetup {
    PeerSetup {
        name: name.to_owned(),
        configuration: Configuration::default(),
    }
}

/// Returns what a configuration requires of an implementation.
fn implied(configuration: &Configuration) -> impl Iterator<Item = Capability> {
    let extras = configuration.harness.clone().unwrap_or_default();
    [
        (extras.ice_lite == Some(true), Capability::IceLite),
        (
            extras.addresses.is_some_and(|count| count > 1),
            Capability::Addresses,
        ),
        (extras.certificate.is_some(), Capability::Certificate),
    ]
    .into_iter()
    .filter_map(|(is_needed, capability)| is_needed.then_some(capability))
}

/// Returns a seed that is always the same for a scenario, and almost never that of another: FNV-1a
/// over its id.
fn seed_of(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
