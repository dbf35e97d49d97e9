//! What every kind of error names: the file, the layer, the feature, the field, the value, and what to do.

use serde_json::json;

use crate::call::Place;
use crate::scenario::{Feature, collection, rectangle};

const SQUARE: [i64; 4] = [4_500_000, 4_000_000, 4_501_000, 4_001_000];

fn one(properties: serde_json::Value) -> String {
    collection(&[Feature::new(properties, rectangle(SQUARE))])
}

/// A CSV layer of one square: west, south, east, north as they are written.
fn square(extra: &str, [w, s, e, n]: [&str; 4]) -> String {
    format!("id,class,{extra}wkt\n1,suspected,{extra}\"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))\"\n")
}

const METRES: [&str; 4] = ["500000", "4427757", "501000", "4428757"];

fn place() -> Place {
    let place = Place::new();
    place
        .write("h.geojson", one(json!({"id": "h", "class": "suspected", "Stauts": "Open", "typ": "x"})))
        .write("r.geojson", one(json!({"id": "r", "Activité": "x"})))
        .write("d.geojson", one(json!({"code": "AZ-1", "name": "Ağdam"})))
        .write("metres.csv", square("", METRES))
        .write("far.csv", square("", ["10", "10", "11", "11"]))
        .write("swapped.csv", square("", ["40.001", "45.001", "40.002", "45.002"]))
        .write("degrees.geojson", one(json!({"id": "h"})).replace("45", "500000").replace("40", "4427757"))
        .write(
            "swapped.geojson",
            collection(&[Feature::new(json!({}), rectangle([4_000_100, 4_500_100, 4_000_200, 4_500_200]))]),
        )
        .write("alias.csv", "nothing,here\n1,2\n");
    place
}

#[test]
fn an_error_that_ends_the_run_names_what_where_why_and_the_remedy() {
    let layer =
        |role: &str, path: &str, more: &str| format!("[[layer]]\nrole = \"{role}\"\npath = \"{path}\"\n{more}\n");
    let hazards = layer("hazards", "h.geojson", "");
    let districts = layer("districts", "d.geojson", "");
    for (project, parts) in [
        // The project file itself.
        (layer("hazards", "h.geojson", "clas = \"x\""), &["p.toml", "line 4", "`clas`", "did you mean `class`?"][..]),
        (
            layer("hazards", "h.geojson", "class = \"sure\""),
            &["p.toml", "field layer.class", "line 4", "sure", "suspected"],
        ),
        (
            layer("hazards", "h.geojson", "fields.date = \"D\"\nvalues.kind = { a = \"b\" }"),
            &["values.kind", "line 5", "class, status"],
        ),
        (
            layer("hazards", "h.geojson", "profile = \"imsmang\""),
            &["layer.profile", "line 4", "imsmang", "did you mean `imsma-ng`?"],
        ),
        (layer("hazards", "h.geojson", "profile = \"x/own.toml\""), &["x/own.toml", "check the path"]),
        // Fields.
        (
            layer("hazards", "h.geojson", "fields.status = \"Status\""),
            &[
                "h.geojson",
                "layer h",
                "field status",
                "p.toml, line 4",
                "Stauts, class, id, typ",
                "did you mean Stauts?",
                "fields.status",
            ],
        ),
        (
            hazards.clone() + &layer("releases", "r.geojson", ""),
            &["r.geojson", "layer r", "it has Activité, id", "--release-kind", "fields.kind"],
        ),
        (layer("districts", "d.geojson", "aliases = \"alias.csv\"") + &hazards, &["alias.csv", "columns code, name"]),
        // Coordinates.
        (
            districts.clone() + &layer("hazards", "metres.csv", ""),
            &[
                "metres.csv",
                "layer metres",
                "500000",
                "4427757",
                "EPSG:32638 (WGS 84 / UTM zone 38N)",
                "--crs EPSG:32638",
            ],
        ),
        (
            districts.clone() + &layer("hazards", "far.csv", ""),
            &["far.csv", "x 10 to 11", "far from the other layers", "--crs EPSG:4326"],
        ),
        (
            districts.clone() + &layer("hazards", "swapped.csv", ""),
            &["swapped.csv", "latitude stood before longitude", "40.001", "export"],
        ),
        (
            districts.clone() + &layer("hazards", "swapped.geojson", ""),
            &["swapped.geojson", "latitude stood before longitude"],
        ),
        (
            layer("hazards", "degrees.geojson", ""),
            &["degrees.geojson", "layer degrees", "look like metres", "4427757", "state the one"],
        ),
        (
            layer("hazards", "far.csv", "crs = \"EPSG:32638\""),
            &["far.csv", "look like degrees", "WGS 84 / UTM zone 38N", "EPSG:4326"],
        ),
        (layer("hazards", "metres.csv", "crs = \"EPSG:99999\""), &["metres.csv", "EPSG:99999", "what to do"]),
        (
            layer("hazards", "metres.csv", "crs = \"EPSG:28468\"\noperation = \"EPSG:1\""),
            &["metres.csv", "EPSG:1 is no operation", "EPSG:15865", "4.5 m"],
        ),
        // Files.
        (layer("hazards", "none.shp", ""), &["none.shp", "check the name"]),
        (layer("hazards", "h.geojson", "layer = \"other\""), &["h.geojson", "layer other", "its only layer is `h`"]),
        (
            layer("hazards", "metres.csv", "encoding = \"klingon\"\ncrs = \"EPSG:32638\""),
            &["metres.csv", "klingon", "windows-1251"],
        ),
    ] {
        let place = place();
        place.write("p.toml", &project);
        let before = place.names();
        place.run(&["p.toml"]).with(2).saying(parts).saying(&["error: ", "where: ", "why: ", "what to do: "]);
        assert_eq!(place.names(), before, "{project}");
    }
}

#[test]
fn an_error_in_a_record_names_file_feature_id_field_value_and_the_remedy() {
    let shape = |ring: &str| format!("\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}");
    let ring = "[[45,40],[45.1,40],[45.1,40.1],[45,40]]";
    let feature = |properties: &str, geometry: &str| {
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"id\":\"X-9\",{properties}}},{geometry}}}]}}"
        )
    };
    let good = shape(ring);
    for (role, properties, geometry, parts) in [
        (
            "hazards",
            "\"class\":\"mined\"",
            good.as_str(),
            &["error unknown-class", "\"mined\"", "field class", "values.class"][..],
        ),
        (
            "hazards",
            "\"class\":\"SHA\",\"date\":\"3.4.2019\"",
            &good,
            &["unreadable-date", "3.4.2019", "year-month-day"],
        ),
        (
            "releases",
            "\"kind\":\"handover\"",
            &good,
            &["error unknown-kind", "\"handover\"", "field kind", "values.kind", "set aside"],
        ),
        ("releases", "\"kind\":\"BAC\",\"date\":\"soon\"", &good, &["error unreadable-date", "soon", "set aside"]),
        ("hazards", "\"class\":\"SHA\"", "\"geometry\":null", &["error missing-geometry", "draw the record"]),
        ("hazards", "\"class\":\"SHA\"", &shape("[[45,40],[45.1,40],[45,40]]"), &["error no-area", "encloses"]),
        (
            "hazards",
            "\"class\":\"SHA\"",
            &shape("[[45,40],[\"x\",40],[45,41],[45,40]]"),
            &["error unreadable-geometry"],
        ),
        (
            "zones",
            "\"name\":\"Z\"",
            "\"geometry\":{\"type\":\"Point\",\"coordinates\":[45,40]}",
            &["missing-radius", "radius_m"],
        ),
    ] {
        let place = place();
        place.write("x.geojson", feature(properties, geometry));
        let mut call = vec!["--hazards", "h.geojson"];
        let option = format!("--{role}");
        if role != "hazards" {
            call.push(&option);
        }
        call.push("x.geojson");
        let ended = place.run(&call).with(0).saying(parts);
        ended.saying(&["where: x.geojson, feature 1, id X-9", "what to do: "]);
    }
}

#[test]
fn text_in_the_wrong_encoding_and_coarse_datum_shifts_are_found() {
    let place = place();
    place.write("d.geojson", one(json!({"code": "AZ-1", "name": "AÄŸdam"})));
    place.run(&["--hazards", "h.geojson", "--districts", "d.geojson"]).with(0);
    let findings = place.output("remnant-out").text("findings.csv").to_owned();
    for part in ["garbled-text", "field name", "AÄŸdam", "utf-8 read as windows-1252", "Ağdam"] {
        assert!(findings.contains(part), "{part}: {findings}");
    }
    // Pulkovo 1942 is known to 4.5 m here; NAD 83 would be known better with a grid, and an operation that is meant for
    // other ground may be off by any distance.
    for (crs, operation, code, name) in [
        ("EPSG:28468", "", "crs-accuracy", "Pulkovo 1942 to WGS 84 (16)"),
        ("EPSG:28468", "operation = \"epsg:1808\"", "crs-accuracy", "Pulkovo 1942 to WGS 84 (14)"),
        ("EPSG:28468", "operation = \"EPSG:5044\"", "coarse-datum-shift", "Pulkovo 1942 to WGS 84 (20)"),
        ("EPSG:26918", "", "coarse-datum-shift", "NAD83 to WGS 84 (1)"),
    ] {
        let project = format!("[[layer]]\nrole = \"hazards\"\npath = \"metres.csv\"\ncrs = \"{crs}\"\n{operation}\n");
        place.write("p.toml", project);
        place.run(&["p.toml", "--force"]).with(0);
        let output = place.output("remnant-out");
        assert!(output.text("findings.csv").contains(code), "{operation}: {}", output.text("findings.csv"));
        assert_eq!(output.json("summary.json")["inputs"][0]["operation"], name);
    }
}

#[test]
fn utf_16_is_read_by_its_mark_or_by_its_name() {
    let text =
        square("", ["45.001", "40.001", "45.002", "40.002"]).replace(",suspected,", ",CHA,").replace("\n1,", "\nŞuşa,");
    let bytes = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xFEFF_u16);
        mark.into_iter().chain(text.encode_utf16()).flat_map(order).collect()
    };
    for (content, options) in [
        (bytes(u16::to_le_bytes, true), &[][..]),
        (bytes(u16::to_be_bytes, true), &[]),
        (bytes(u16::to_le_bytes, false), &["--encoding", "UTF-16"]),
        (bytes(u16::to_be_bytes, false), &["--encoding", "utf-16be"]),
    ] {
        let place = Place::new();
        place.write("h.csv", &content);
        place.run(&[&["--hazards", "h.csv"][..], options].concat()).with(0);
        assert_eq!(place.output("remnant-out").rows("records.csv")[0]["id"], "Şuşa");
    }
    let place = Place::new();
    place.write("h.csv", bytes(u16::to_le_bytes, false));
    place.run(&["--hazards", "h.csv"]).with(2).saying(&["h.csv", "utf-16le"]);
}

#[test]
fn a_layer_without_a_crs_that_lies_on_the_districts_is_read_with_a_warning() {
    let place = place();
    place.write("near.csv", square("", ["45.001", "40.001", "45.002", "40.002"]));
    place.run(&["--hazards", "near.csv", "--districts", "d.geojson"]).with(0).saying(&["assumed-crs"]);
    assert!(place.output("remnant-out").text("findings.csv").contains("lie where the other layers do"));
}
