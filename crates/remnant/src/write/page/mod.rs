//! report.html: the map and the tables for planners, in one file that works offline.
//!
//! | what | where |
//! |---|---|
//! | the page | `page.html`, `style.css`, `script/` (its parts in the order of [`SCRIPT`]), `strings/` (a table for each language) |
//! | the map library | `vendor/`, with its licence |
//! | what the tables say | `content.rs`: the cells of the other outputs, as JSON |
//! | what is drawn | `drawing.rs`: outlines, simplified to fit into a page; `cells.rs`: ground too small for one |
//! | which zones it holds | `held.rs`: all, or of very many the weightiest |
//!
//! # Text from files is never code
//! Data stand in blocks of JSON in which every `<`, `>` and `&` is escaped, and the script makes elements of them by
//! `textContent` alone. The policy of the page allows the scripts and styles with the hashes of those written here,
//! no others, and no request of any kind; where the browser knows trusted types, text can't become markup at all.

mod cells;
mod content;
mod drawing;
mod held;
#[cfg(test)]
mod tests;

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Halt, Sink};
use crate::report::Report;
use held::{Held, ZONES_HELD};

const PAGE: &str = include_str!("page.html");
const GUARD: &str = include_str!("script/guard.js");
const LEAFLET: &str = include_str!("vendor/leaflet/leaflet.js");
const STYLE: [&str; 2] = [include_str!("vendor/leaflet/leaflet.css"), include_str!("style.css")];

/// The parts of the page's script: one function holds all of them, each may use those before it.
const SCRIPT: &[&str] = &[
    include_str!("script/data.js"),
    include_str!("script/text.js"),
    include_str!("script/element.js"),
    include_str!("script/shapes.js"),
    include_str!("script/paint.js"),
    include_str!("script/map.js"),
    include_str!("script/table.js"),
    include_str!("script/zones.js"),
    include_str!("script/panel.js"),
    include_str!("script/work.js"),
    include_str!("script/districts.js"),
    include_str!("script/balance.js"),
    include_str!("script/time.js"),
    include_str!("script/findings.js"),
    include_str!("script/method.js"),
    include_str!("script/sheets.js"),
    include_str!("script/start.js"),
];

/// The languages of the page: their codes, and their words as a JSON object.
const LANGUAGES: [(&str, &str); 4] = [
    ("en", include_str!("strings/en.json")),
    ("az", include_str!("strings/az.json")),
    ("ru", include_str!("strings/ru.json")),
    ("fr", include_str!("strings/fr.json")),
];

pub(super) fn write(report: &Report, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let style = STYLE.concat();
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat());
    let policy = policy(&[GUARD, LEAFLET, &script], &style);
    let words = words();
    let held = Held::of(report, ZONES_HELD);
    let drawing = drawing::drawing(report, &held);
    let content = content::content(report, &held, drawing.as_ref());
    sink.step()?;
    let shapes = drawing.map_or_else(String::new, |drawing| STANDARD.encode(drawing.bytes));
    let parts: [(&str, &str); 9] = [
        ("policy", &policy),
        ("style", &style),
        ("version", env!("CARGO_PKG_VERSION")),
        ("words", &words),
        ("report", &content),
        ("shapes", &shapes),
        ("guard", GUARD),
        ("leaflet", LEAFLET),
        ("script", &script),
    ];
    // What is filled in is never looked through for further places.
    for piece in PAGE.split("{{") {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let part = parts.iter().find(|part| part.0 == name).map_or("", |part| part.1);
        sink.write_all(part.as_bytes())?;
        sink.write_all(rest.as_bytes())?;
        sink.step()?;
    }
    Ok(())
}

/// What the browser may do: run these scripts, use this style, nothing else.
fn policy(scripts: &[&str], style: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let scripts: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types default",
        scripts.join(" "),
        hash(style)
    )
}

/// The words of all languages as one JSON object, fit to stand in a page.
fn words() -> String {
    let tables: Vec<String> = LANGUAGES.iter().map(|(code, words)| format!("\"{code}\":{}", words.trim())).collect();
    content::harmless(&format!("{{{}}}", tables.join(",")))
}
