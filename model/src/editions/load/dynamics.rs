//! Reading how and when a text updates the values and fires events.

use super::{EditionError, Found};
use crate::editions::definition::Dynamics;
use crate::fields::{self, Fields, ShapeError};
use crate::names;
use crate::yaml::{Node, Value};

/// The words for what makes the values be derived again that the connection model knows.
pub const TRIGGERS: &[&str] = &[
    "ice_transport_state_change",
    "dtls_transport_state_change",
    "is_closed_true",
    "transport_set_change",
];

/// What makes the values be derived again: words that the connection model knows, or the text's own.
fn read_triggers(fields: &mut Fields<'_>, problems: &mut Found) -> Vec<String> {
    let Some(node) = fields.optional("rederive_triggers") else {
        return Vec::new();
    };
    let items = fields::list(node, "a list of texts", problems).unwrap_or_default();
    let mut triggers = Vec::new();
    for item in items {
        let Some(text) = fields::text(item, "text", problems) else {
            continue;
        };
        if text.contains('_') && !text.contains(' ') && !TRIGGERS.contains(&text) {
            let (found, suggestion) = (
                names::shorten(text),
                names::nearest(text, TRIGGERS.iter().copied()),
            );
            let known = TRIGGERS.join(", ");
            let problem = EditionError::Trigger {
                found,
                suggestion,
                known,
            };
            problems.add(item.id, problem);
        }
        triggers.push(text.to_owned());
    }
    triggers
}

pub(super) fn read_dynamics(node: &Node, problems: &mut Found) -> Option<Dynamics> {
    let mut fields = Fields::of(node, "the dynamics: a mapping", problems)?;
    let derivation_algorithm = fields
        .optional("derivation_algorithm")
        .and_then(|node| match &node.value {
            Value::Bool(value) => Some(if *value { "yes" } else { "no" }.to_owned()),
            // In quotes it would be text, and mean the opposite or nothing.
            Value::String(text) if !["true", "false", "yes", "no"].contains(&text.as_str()) => {
                fields::is_text(node.id, text, problems).then(|| text.clone())
            }
            other => {
                problems.add(
                    node.id,
                    ShapeError::expected("`true`, `false` or text", other),
                );
                None
            }
        });
    let rederive_triggers = read_triggers(&mut fields, problems);
    let mut optional_text = |key| {
        fields
            .optional(key)
            .and_then(|node| fields::text(node, "text", problems))
            .map(str::to_owned)
    };
    let mut dynamics = Dynamics {
        derivation_algorithm,
        rederive_triggers,
        close_fires_connectionstatechange: optional_text("close_fires_connectionstatechange"),
        close_fires_iceconnectionstatechange: optional_text("close_fires_iceconnectionstatechange"),
        connection_state_on_close: optional_text("connection_state_on_close"),
        ice_state_on_close: optional_text("ice_state_on_close"),
        ice_event_order: optional_text("ice_event_order"),
        ice_update_event: optional_text("ice_update_event"),
        dtls_event_order: optional_text("dtls_event_order"),
        connectionstate_getter: optional_text("connectionstate_getter"),
        connection_state_derived_from: optional_text("connection_state_derived_from"),
        changed_by: optional_text("changed_by"),
        ..Dynamics::default()
    };
    let mut optional_boolean = |key| {
        fields
            .optional(key)
            .and_then(|node| fields::boolean(node, problems))
    };
    dynamics.ice_path_isclosed_abort = optional_boolean("ice_path_isclosed_abort");
    dynamics.dtls_path_isclosed_abort = optional_boolean("dtls_path_isclosed_abort");
    dynamics.dtls_transport_isclosed_abort = optional_boolean("dtls_transport_isclosed_abort");
    dynamics.event_isclosed_abort = optional_boolean("event_isclosed_abort");
    fields.reject_unknown(problems);
    Some(dynamics)
}
