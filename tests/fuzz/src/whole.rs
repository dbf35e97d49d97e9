//! Three small layers through the whole account: every identity holds, and every feature is counted.

use remnant::error::Error;
use remnant::pipeline::{Job, LayerSpec, run};
use remnant::progress::Silent;
use remnant::report::Role;
use remnant::settings::Settings;

use crate::parts;
use crate::readers::put;

/// Land that a case may reach, in degrees: larger ones take long and say nothing new.
const WIDEST: f64 = 1.0;

/// Hazards, releases and districts as GeoJSON or as tables.
pub fn check(data: &[u8]) {
    let files = parts::split(data);
    let mut layers = Vec::new();
    for ((role, name), content) in
        [(Role::Hazards, "hazards"), (Role::Releases, "releases"), (Role::Districts, "districts")]
            .into_iter()
            .zip(files)
    {
        let ending = if content.first() == Some(&b'{') { "geojson" } else { "csv" };
        layers.push(LayerSpec::new(role, put(&format!("{name}.{ending}"), content)));
    }
    layers.retain(|layer| layer.role == Role::Hazards || std::fs::metadata(&layer.path).is_ok_and(|m| m.len() > 0));
    if layers.iter().any(is_wide) {
        return;
    }
    let settings = Settings { threads: Some(1), ..Settings::new(jiff::civil::date(2025, 1, 1)) };
    let report = match run(&Job { layers, settings }, &Silent) {
        Err(Error::Unusable(_)) => return,
        Err(other) => panic!("an input is no fault of the program: {other}"),
        Ok(report) => report,
    };
    for check in &report.account.checks {
        assert!(check.holds, "{check:?}");
    }
    for input in &report.inputs {
        assert_eq!(input.records, input.used + input.repaired + input.set_aside, "{input:?}");
    }
}

/// Whether a layer reaches farther than is looked at here.
fn is_wide(layer: &LayerSpec) -> bool {
    let settings = Settings::new(jiff::civil::date(2025, 1, 1));
    let seen = remnant::inspect::layer(layer, &settings);
    seen.is_ok_and(|seen| seen.extent.is_some_and(|[w, s, e, n]| e - w > WIDEST || n - s > WIDEST))
}
