//! Records and files that ask for too much: what is given up names its limit and how to raise it, and counts against the
//! land; with the limit raised it is read.

use serde_json::json;

use crate::call::Place;
use crate::hostile::{KML, archive};
use crate::scenario::{Feature, collection, rectangle};

/// A star of 101 corners round a zone: its edges cross some 5,000 times, and it covers the zone.
fn star() -> Place {
    let place = Place::new();
    let corner = |i: i64| {
        let turn = std::f64::consts::TAU * ((i * 50) % 101) as f64 / 101.0;
        let at = |middle: i64, offset: f64| middle + (offset * 10_000.0) as i64;
        [at(1_700_000, turn.cos()), at(4_400_000, turn.sin())]
    };
    let hazard = Feature::new(json!({"id": "star", "class": "confirmed"}), (0..101).map(corner).collect());
    place.write("hazards.geojson", collection(&[hazard]));
    let zone = Feature::new(json!({"id": "z", "name": "Z"}), rectangle([1_699_900, 4_399_900, 1_700_100, 4_400_100]));
    place.write("zones.geojson", collection(&[zone]));
    place
}

#[test]
fn a_hazard_beyond_a_limit_is_feared_wherever_it_may_lie() {
    let place = star();
    for (limit, says) in [("corners=100", "102 corners"), ("crossings=1000", "cross, touch or lie over each other")] {
        let call = ["--hazards", "hazards.geojson", "--zones", "zones.geojson", "--limit", limit, "--force"];
        let name = limit.split('=').next().unwrap_or_default();
        place.run(&call).with(0).saying(&["star", says, &format!("--limit {name}=N")]);
        let output = place.output("remnant-out");
        assert_eq!(output.rows("zones.csv")[0]["status"], "unknown", "{limit}");
        let summary = output.json("summary.json");
        assert_eq!(summary["inputs"][0]["set_aside"], 1, "{limit}");
    }
    place.run(&["--hazards", "hazards.geojson", "--zones", "zones.geojson", "--force"]).with(0);
    assert_eq!(place.output("remnant-out").rows("zones.csv")[0]["status"], "contaminated");
}

#[test]
fn borders_that_meet_too_often_stop_the_run_and_are_named() {
    let place = Place::new();
    let bars = |upright: bool| {
        (0..60).map(move |i| {
            let (from, to) = (20 * i, 20 * i + 10);
            let sides = if upright { [from, 0, to, 1200] } else { [0, from, 1200, to] };
            let id = format!("{}{i}", if upright { "u" } else { "l" });
            let [west, south, east, north] = sides;
            let place = [1_700_000 + west, 4_400_000 + south, 1_700_000 + east, 4_400_000 + north];
            Feature::new(json!({"id": id, "class": "confirmed"}), rectangle(place))
        })
    };
    let all: Vec<Feature> = bars(true).chain(bars(false)).collect();
    place.write("hazards.geojson", collection(&all));
    let call = ["--hazards", "hazards.geojson"];
    let refused = place.run(&[&call[..], &["--limit", "tile_crossings=100"]].concat());
    refused.with(2).saying(&[
        "`u0`",
        "meet too often",
        "tile_crossings is 100",
        "--limit tile_crossings=N",
        "what to do",
    ]);
    assert_eq!(place.names(), ["hazards.geojson"]);
    place.run(&call).with(0);
}

#[test]
fn versions_of_districts_that_meet_too_often_are_told_as_what_they_are() {
    let place = Place::new();
    let bars = |upright: bool| {
        (0..12).map(move |i| {
            let (from, to) = (20 * i, 20 * i + 10);
            let [west, south, east, north] = if upright { [from, 0, to, 1200] } else { [0, from, 1200, to] };
            let at = [1_700_000 + west, 4_400_000 + south, 1_700_000 + east, 4_400_000 + north];
            let valid = if upright { ("valid_to", "2019-12-31") } else { ("valid_from", "2020-01-01") };
            let code = format!("{}{i}", if upright { "u" } else { "l" });
            Feature::new(json!({"code": code, "name": code, valid.0: valid.1}), rectangle(at))
        })
    };
    place.write("districts.geojson", collection(&bars(true).chain(bars(false)).collect::<Vec<_>>()));
    let hazard = rectangle([1_710_000, 4_410_000, 1_711_000, 4_411_000]);
    place.write("hazards.geojson", collection(&[Feature::new(json!({"id": "h", "class": "confirmed"}), hazard)]));
    let call = ["--hazards", "hazards.geojson", "--districts", "districts.geojson"];
    // No two of one day meet.
    let refused = place.run(&[&call[..], &["--limit", "tile_crossings=100"]].concat());
    refused.with(2).saying(&[
        "the districts could not be cut",
        "meet too often",
        "tile_crossings is 100",
        "what to do",
    ]);
    place.run(&call).with(0);
}

#[test]
fn a_file_that_grows_is_read_where_that_is_allowed() {
    let place = Place::new();
    // One arc of 600 positions that a hundred thousand rings use.
    let arc: Vec<String> = (0..600).map(|i| format!("[{},{}]", 46.0 + 1e-6 * f64::from(i), 39.0)).collect();
    let arcs = format!("[[{},[46.001,39.001],[46.0,39.0]]]", arc.join(","));
    let ring = "{\"type\":\"Polygon\",\"arcs\":[[0]],\"properties\":{\"id\":\"a\"}}";
    let rings = vec![ring; 3000].join(",");
    let topology = format!(
        "{{\"type\":\"Topology\",\"arcs\":{arcs},\"objects\":{{\"a\":{{\"type\":\"GeometryCollection\",\"geometries\":[{rings}]}}}}}}"
    );
    place.write("hazards.topojson", topology);
    let call = ["--hazards", "hazards.topojson", "--crs", "EPSG:4326", "--no-geometry"];
    place.run(&call).with(2).saying(&["so often", "growth is 1", "--limit growth=N"]);
    place.run(&[&call[..], &["--limit", "growth=4"]].concat()).with(0);
    place.write("project.toml", "[limits]\ngrowth = 4\n[[layer]]\nrole = \"hazards\"\npath = \"hazards.topojson\"\n");
    place.run(&["project.toml", "--crs", "EPSG:4326", "--no-geometry", "--force"]).with(0);
    place
        .run(&["project.toml", "--crs", "EPSG:4326", "--limit", "growth=1", "--force"])
        .with(2)
        .saying(&["growth is 1"]);
}

#[test]
fn every_command_that_reads_layers_takes_a_limit() {
    let place = Place::new();
    // More members than an archive usually has, so that even its layers are not listed.
    let names: Vec<String> = (0..20_000).map(|n| format!("{n}")).collect();
    let members = names.iter().map(|name| (name.as_str(), &b""[..]));
    let members: Vec<_> = [("hazards.kml", KML)].into_iter().chain(members).collect();
    place.write("hazards.kmz", archive(&members));
    place.write("published.csv", "id,what,value,when,unit\na,remaining,1,2020-01-01,ha\n");
    let project = "published = \"published.csv\"\n[[layer]]\nrole = \"hazards\"\npath = \"hazards.kmz\"\n";
    place.write("project.toml", project);
    for call in [
        &["run", "--hazards", "hazards.kmz"][..],
        &["run", "project.toml", "-o", "second"],
        &["inspect", "hazards.kmz"],
        &["inspect", "hazards.kmz#hazards"],
        &["init", "hazards.kmz", "-o", "made.toml"],
        &["reconcile", "project.toml"],
    ] {
        place.call(call).with(2).saying(&["hazards.kmz", "20001 entries", "growth is 1", "--limit growth=N"]);
        place.call(&[call, &["--limit", "growth=2"]].concat()).with(0);
        place.call(&[call, &["--limit", "growth=0"]].concat()).with(2).saying(&["1 or more"]);
    }
    // What `init` was allowed to read, a run of its project may read.
    place.call(&["run", "made.toml", "-o", "third"]).with(0);
}

#[test]
fn a_limit_of_the_call_is_held_by_inspect_too() {
    let place = star();
    let looked = place.call(&["inspect", "hazards.geojson", "--limit", "corners=100"]).with(0);
    assert!(looked.stdout.contains("the limit corners is 100") && looked.stdout.contains("--limit corners=N"));
    assert!(!place.call(&["inspect", "hazards.geojson"]).with(0).stdout.contains("the limit"));
}

#[test]
fn a_layer_of_very_many_fields_or_very_long_names_is_looked_at_all_the_same() {
    let place = Place::new();
    let shape = r#""geometry":{"type":"Polygon","coordinates":[[[46,39],[46.01,39],[46.01,39.01],[46,39]]]}"#;
    let file = |members: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{members}}},{shape}}}]}}"#
        )
    };
    let many: Vec<String> = (0..300_000).map(|n| format!(r#""k{n}":"v{n}""#)).collect();
    place.write("many.geojson", file(&many.join(",")));
    place.write(
        "many.csv",
        format!("{}\n{}\n", (0..300_000).map(|n| format!("k{n}")).collect::<Vec<_>>().join(","), ",".repeat(2_000_000)),
    );
    for name in ["many.geojson", "many.csv"] {
        let looked = place.call(&["inspect", name]).with(0).stdout;
        assert!(looked.contains("the layer has 300000 fields, of which the first 2000 are looked at"), "{name}");
        assert!(looked.contains("k1999 ") && !looked.contains("k2000 "), "{name}");
    }
    let looked = place.call(&["inspect", "many.geojson"]).with(0).stdout;
    assert!(looked.contains("\"v1999\""), "values are found by their fields");

    let long = "n".repeat(70_000);
    place.write("long.geojson", file(&format!(r#""id":"a","{long}":"{long}""#)));
    let looked = place.call(&["inspect", "long.geojson"]).with(0).stdout;
    assert!(looked.contains("nnn...") && looked.lines().all(|line| line.len() < 500), "names are cut");
    let whole = place.call(&["inspect", "long.geojson", "--json"]).with(0).stdout;
    assert!(whole.contains(&long), "and are whole where a program reads them");
    place.run(&["--hazards", "long.geojson"]).with(0);
}

#[test]
fn a_limit_that_is_none_is_refused() {
    let place = star();
    for (limit, says) in
        [("grwth=4", "growth"), ("growth=0", "1 or more"), ("growth=x", "whole number"), ("growth", "NAME=N")]
    {
        place.run(&["--hazards", "hazards.geojson", "--limit", limit]).with(2).saying(&[says]);
    }
    place.write("project.toml", "[limits]\n\ncorner = 4\n[[layer]]\nrole = \"hazards\"\npath = \"hazards.geojson\"\n");
    place.run(&["project.toml"]).with(2).saying(&["line 3", "corners"]);
    assert!(place.call(&["schema"]).with(0).stdout.contains("tile_crossings"));
}
