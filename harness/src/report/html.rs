//! The frame of every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The style that all pages share.
const SHARED_STYLE: &str = include_str!("style.css");

/// Returns a self-contained page; `style` is added to the style that all pages share.
#[must_use]
pub fn document(title: &str, style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "peerstate: " (title) }
                style { "\n" (PreEscaped(SHARED_STYLE)) (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}
