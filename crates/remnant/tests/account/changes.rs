//! Inputs that change after they were read: the account is not of them any more, and is not written.

use std::fs;
use std::path::Path;

use jiff::civil::date;
use remnant::error::Error;
use remnant::pipeline::{self, Job, LayerSpec};
use remnant::progress::Silent;
use remnant::report::Role;
use remnant::settings::Settings;
use remnant::write::write_folder;

#[test]
fn a_layer_a_side_file_and_an_alias_table_are_looked_at_again_before_anything_is_written() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let names = ["hazards.shp", "hazards.dbf", "hazards.prj", "hazards.cpg"];
    for name in names {
        fs::copy(fixtures.join("formats").join(name), at(name)).unwrap();
    }
    fs::copy(fixtures.join("areas/half-cleared/districts.geojson"), at("districts.geojson")).unwrap();
    fs::write(at("aliases.csv"), "code,name\nnowhere,Nowhere\n").unwrap();
    let mut districts = LayerSpec::new(Role::Districts, at("districts.geojson"));
    districts.aliases = Some(at("aliases.csv"));
    let layers = vec![LayerSpec::new(Role::Hazards, at("hazards.shp")), districts];
    let job = Job { layers, settings: Settings::new(date(2026, 1, 1)) };
    let report = pipeline::run(&job, &Silent).unwrap();
    let out = at("out");
    for name in names.into_iter().chain(["districts.geojson", "aliases.csv"]) {
        let whole = fs::read(at(name)).unwrap();
        let mut other = whole.clone();
        *other.last_mut().unwrap() ^= 1;
        fs::write(at(name), &other).unwrap();
        match write_folder(&report, &out, false, &|| false) {
            Err(Error::Failed(trouble)) => {
                let told = trouble.to_string();
                assert!(told.contains(name) && told.contains("changed while the run was at work"), "{told}");
            }
            other => panic!("{name}: {other:?}"),
        }
        assert!(!out.exists(), "{name}");
        fs::write(at(name), &whole).unwrap();
    }
    // The same bytes again are the same input.
    write_folder(&report, &out, false, &|| false).unwrap();
}
