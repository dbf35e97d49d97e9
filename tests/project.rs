//! Project files: fields and values of a source, profiles, status in one layer; what `inspect`, `init` and `schema` say.

use std::fs;

use serde_json::{Value, json};

use crate::call::Place;
use crate::scenario::{Feature, Scenario, collection, rectangle};

const SQUARE: [i64; 4] = [1_700_000, 4_400_000, 1_701_000, 4_401_000];
const BESIDE: [i64; 4] = [1_705_000, 4_400_000, 1_706_000, 4_401_000];

const TABLES: [&str; 5] = ["districts.csv", "balance.csv", "zones.csv", "records.csv", "findings.csv"];

fn layer(role: &str, path: &str, more: &str) -> String {
    format!("[[layer]]\nrole = \"{role}\"\npath = \"{path}\"\n{more}\n")
}

/// Another name and other words for a property.
fn rename(feature: &mut Feature, from: &str, to: &str, words: &[(&str, &str)]) {
    let Some(value) = feature.properties.remove(from) else { return };
    let word = words.iter().find(|(word, _)| value == *word).map(|(_, other)| Value::from(*other));
    feature.properties.insert(to.to_owned(), word.unwrap_or(value));
}

#[test]
fn a_survey_under_imsma_names_gives_the_same_tables() {
    let plain = Scenario::new(31);
    let mut imsma = plain.clone();
    for hazard in &mut imsma.hazards {
        rename(hazard, "id", "hazard_localid", &[]);
        rename(
            hazard,
            "class",
            "classification_enum",
            &[("suspected", "SHA"), ("confirmed", " confirmed hazardous area ")],
        );
        rename(hazard, "date", "date_of_information", &[]);
    }
    let kinds =
        [("cleared", "Battle Area Clearance"), ("reduced", "Technical survey"), ("cancelled", "Non technical survey")];
    for release in &mut imsma.releases {
        rename(release, "id", "hazreduc_localid", &[]);
        rename(release, "kind", "type_enum", &kinds);
        rename(release, "date", "enddate", &[]);
    }
    for incident in &mut imsma.incidents {
        rename(incident, "id", "accident_localid", &[]);
        rename(incident, "date", "dateofaccident", &[]);
    }
    let account = |scenario: &Scenario, profile: &str| {
        let place = Place::new();
        scenario.write(&place);
        let profiled = |role: &str| layer(role, &format!("{role}.geojson"), profile);
        let layers = ["hazards", "releases", "incidents"].map(profiled).concat();
        let others = ["districts", "zones"].map(|role| layer(role, &format!("{role}.geojson"), "")).concat();
        place.write("remnant.toml", layers + &others);
        place.run(&["remnant.toml", "--as-of", "2024-01-01", "--since", "2015-01-01", "-o", "out"]).with(0);
        place.output("out")
    };
    let (one, other) = (account(&plain, ""), account(&imsma, "profile = \"imsma-ng\""));
    one.assert_same_files(&other, &TABLES, "IMSMA NG");
    one.assert_same_files(&other, &["remaining.geojson", "released.geojson"], "IMSMA NG");
}

#[test]
fn fields_and_values_of_ones_own_are_read_and_what_is_not_mapped_is_told() {
    let place = Place::new();
    let hazard = |number: i64, kind: &str, ring: [i64; 4]| {
        Feature::new(json!({"Nº": number, "Tipo": kind, "Fecha": "2019-02-03"}), rectangle(ring))
    };
    place.write("h.geojson", collection(&[hazard(1, "Campo minado", SQUARE), hazard(2, "Área peligrosa", BESIDE)]));
    let own = "about = \"Our own form.\"\nextends = \"imsma-core\"\n[hazards.fields]\nid = \"nº\"\nclass = [\"TYPE_2\", \"TIPO\"]\n\
               [hazards.values.class]\n\"CAMPO MINADO\" = \"confirmed\"\n";
    place.write("own.toml", own);
    place.write("remnant.toml", layer("hazards", "h.geojson", "profile = \"own.toml\"\nfields.date = \"Fecha\""));
    place.run(&["remnant.toml"]).with(0).saying(&["Área peligrosa", "field TIPO", "values.class"]);
    let output = place.output("remnant-out");
    let total = output.district("");
    assert!(total["confirmed_m2"] != "0.0000" && total["suspected_m2"] != "0.0000");
    let rows = output.rows("records.csv");
    assert_eq!((rows[0]["id"].as_str(), rows[0]["date"].as_str()), ("1", "2019-02-03"));
    assert_eq!((rows[0]["fate"].as_str(), rows[1]["fate"].as_str()), ("used", "repaired"));
    // The profile is an input that the output must spare.
    place.run(&["remnant.toml", "-o", "own.toml", "--force"]).with(2);
}

#[test]
fn an_export_with_cut_names_is_read_by_its_profile() {
    let place = Place::new();
    let expired = json!({
        "hazard_loc": "DH-1", "classifica": "CHA", "dateofinfo": "2008-04-01 00:00:00.000", "AREASQM": 12.5,
        "Status": "Expired", "Status_1": "x", "End_Date": "2012-07-09", "Stauts": "Open",
    });
    place.write("h.geojson", collection(&[Feature::new(expired, rectangle(SQUARE))]));
    let done = json!({"hazreduc_l": "C-7", "hazreduc_g": "{8A}", "type_enum": "Clearance", "REPORTENDD": "2011-01-01", "AREACLEARE": 3});
    place.write("r.geojson", collection(&[Feature::new(done, rectangle(BESIDE))]));
    let profile = "profile = \"imsma-shapefile\"\n";
    let project = |status: &str| {
        layer("hazards", "h.geojson", &format!("{profile}{status}")) + &layer("releases", "r.geojson", profile)
    };
    for (status, released) in [("", false), ("values.status = { expired = \"cancelled\" }", true)] {
        place.write("remnant.toml", project(status));
        place.run(&["remnant.toml", "--force"]).with(0);
        let output = place.output("remnant-out");
        let rows = output.rows("records.csv");
        let told = |at: usize| [&rows[at]["id"], &rows[at]["date"], &rows[at]["stated_m2"]].map(String::as_str);
        assert_eq!(told(0), ["DH-1", "2008-04-01", "12.5"]);
        assert_eq!(rows.last().map(|row| row["id"].as_str()), Some("C-7"), "{rows:?}");
        assert_eq!(rows.iter().any(|row| row["id"] == "DH-1/cancelled" && row["date"] == "2012-07-09"), released);
        assert_eq!(output.district("")["remaining_m2"] == "0.0000", released, "{status}");
        assert_eq!(output.text("findings.csv").contains("closed-without-release"), !released);
    }
}

#[test]
fn districts_are_known_by_the_deepest_level_of_their_boundaries() {
    for (profile, properties) in [
        ("ocha-cod-ab", json!({"adm1_pcode": "XX01", "adm1_name": "Upper", "ADM2_PCODE": "XX0102", "ADM2_FR": "Île"})),
        ("geoboundaries", json!({"shapeISO": "", "shapeName": "Île", "shapeID": "XX0102", "shapeType": "ADM2"})),
    ] {
        let place = Place::new();
        Scenario::new(3).write(&place);
        place.write("d.geojson", collection(&[Feature::new(properties, rectangle(crate::scenario::LAND))]));
        let districts = layer("districts", "d.geojson", &format!("profile = \"{profile}\""));
        place.write("remnant.toml", layer("hazards", "hazards.geojson", "") + &districts);
        place.run(&["remnant.toml"]).with(0);
        assert_eq!(place.output("remnant-out").district("XX0102")["name"], "Île", "{profile}");
    }
}

/// Hazards with a status, and what becomes of the first: remaining on some dates.
fn closing(status: Value, date: Value, more: &str, days: &[(&str, bool)]) -> (Place, String) {
    let place = Place::new();
    let record = |id: &str, status: Value, date: Value, ring: [i64; 4]| {
        let properties =
            json!({"id": id, "class": "confirmed", "date": "2010-01-01", "Status": status, "Closed_on": date});
        Feature::new(properties, rectangle(ring))
    };
    let open = record("b", json!("Open"), Value::Null, BESIDE);
    place.write("h.geojson", collection(&[record("a", status, date, SQUARE), open]));
    let mapping = format!("fields.status = \"Status\"\nfields.status_date = \"Closed_on\"\n{more}");
    place.write("remnant.toml", layer("hazards", "h.geojson", &mapping));
    let mut findings = String::new();
    for (day, released) in days {
        place.run(&["remnant.toml", "--as-of", day, "--force"]).with(0);
        let output = place.output("remnant-out");
        let total = output.district("");
        assert_eq!(total["released_m2"] != "0.0000", *released, "{day}: {}", output.text("findings.csv"));
        assert_ne!(total["remaining_m2"], "0.0000");
        let input = &output.json("summary.json")["inputs"][0];
        let count = |name: &str| input[name].as_u64().unwrap();
        assert_eq!((count("records"), count("used") + count("repaired") + count("set_aside")), (2, 2));
        output.text("findings.csv").clone_into(&mut findings);
    }
    (place, findings)
}

const MAPPED: &str = "values.status = { \"Expired\" = \"cancelled\", \"Done\" = \"cleared\", \"Open\" = \"open\" }";

#[test]
fn a_hazard_that_is_closed_in_its_own_layer_gives_its_release() {
    let days = [("2009-12-31", false), ("2018-12-30", false), ("2018-12-31", true), ("2024-01-01", true)];
    let first = [("2018-12-30", false), ("2018-12-31", true)];
    // A partial date is the last day of its year, as for any release.
    let (place, findings) = closing(json!(" EXPIRED "), json!("2018"), MAPPED, &days[1..]);
    assert!(findings.contains("partial-date"), "{findings}");
    let rows = place.output("remnant-out").rows("records.csv");
    let told: Vec<_> = rows.iter().map(|row| [&row["id"], &row["date"], &row["fate"]].map(String::as_str)).collect();
    let released = ["a/cancelled", "2018-12-31", "used"];
    assert_eq!(told, [["a", "2010-01-01", "used"], ["b", "2010-01-01", "used"], released]);
    assert_eq!(rows[2]["credited_m2"], rows[0]["recorded_m2"]);
    assert_eq!(place.output("remnant-out").district("")["cancelled_m2"], rows[2]["credited_m2"]);
    closing(json!("Done"), json!("2018-12-31T10:00:00Z"), MAPPED, &first);
}

#[test]
fn a_closed_hazard_stays_contaminated_where_anything_is_in_doubt() {
    for (status, date, more, code) in [
        (json!("Closed"), json!("2018"), MAPPED, "closed-without-release"),
        (json!("Cleared"), json!("2018"), "", "closed-without-release"),
        (json!("Expired"), json!("soon"), MAPPED, "closed-without-release"),
        (json!("Expired"), json!("2009-01-01"), MAPPED, "closed-without-release"),
        (json!("Expired"), Value::Null, MAPPED, "undated-release"),
        (json!("Vanished"), json!("2018"), MAPPED, "unknown-status"),
        (Value::Null, json!("2018"), MAPPED, ""),
    ] {
        let (_, findings) = closing(status.clone(), date, more, &[("2024-01-01", false)]);
        assert!(findings.contains(code), "{status}: {findings}");
        assert!(code != "unknown-status" || findings.contains("\"\"Vanished\"\" in field Status"), "{findings}");
    }
}

#[test]
fn one_field_never_tells_both_when_a_hazard_began_and_when_it_ended() {
    let place = Place::new();
    let properties = json!({"id": "a", "class": "confirmed", "status": "Expired", "status_date": "2018-05-05"});
    place.write("h.geojson", collection(&[Feature::new(properties, rectangle(SQUARE))]));
    place.write("remnant.toml", layer("hazards", "h.geojson", "values.status = { Expired = \"cleared\" }"));
    for (day, released) in [("2018-05-04", false), ("2018-05-05", true)] {
        place.run(&["remnant.toml", "--as-of", day, "--force"]).with(0);
        let total = place.output("remnant-out").district("");
        assert_eq!((total["cleared_m2"] != "0.0000", total["remaining_m2"] == "0.0000"), (released, released), "{day}");
    }
}

/// The part of JSON Schema that the schema of project files needs; the first thing that does not fit.
fn misfit(schema: &Value, root: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).expect("the reference leads somewhere");
        return misfit(target, root, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|one| misfit(one, root, value, at).is_none());
        return (!fits).then(|| format!("{at}: none of the forms"));
    }
    if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
        return Some(format!("{at}: {value} is none of {words:?}"));
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    if !kinds.is_empty() && !kinds.iter().any(is) {
        return Some(format!("{at}: {value} is no {kinds:?}"));
    }
    if value.as_f64().zip(schema["minimum"].as_f64()).is_some_and(|(value, least)| value < least) {
        return Some(format!("{at}: {value} is too small"));
    }
    if let Value::Array(items) = value {
        let few = schema["minItems"].as_u64().is_some_and(|least| (items.len() as u64) < least);
        let inner = || items.iter().find_map(|item| misfit(&schema["items"], root, item, at));
        return if few { Some(format!("{at}: too few")) } else { inner() };
    }
    let members = value.as_object()?;
    let missing =
        schema["required"].as_array().into_iter().flatten().find(|name| value.get(name.as_str().unwrap()).is_none());
    if let Some(name) = missing {
        return Some(format!("{at}: {name} is missing"));
    }
    members.iter().find_map(|(name, member)| match (&schema["properties"][name], &schema["additionalProperties"]) {
        (Value::Null, Value::Bool(false)) => Some(format!("{at}: {name} is not known")),
        (Value::Null, Value::Null) => None,
        (Value::Null, other) => misfit(other, root, member, name),
        (own, _) => misfit(own, root, member, name),
    })
}

/// A project file as JSON; dates become text.
fn as_json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(plain).collect::<Vec<_>>().into(),
            toml::Value::Table(table) => {
                table.into_iter().map(|(key, value)| (key, plain(value))).collect::<serde_json::Map<_, _>>().into()
            }
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(toml::from_str(text).unwrap())
}

#[test]
fn the_schema_and_the_program_agree_on_project_files() {
    let place = Place::new();
    place.write("h.geojson", collection(&[Feature::new(json!({"id": "h", "x": "x"}), rectangle(SQUARE))]));
    let schema: Value = serde_json::from_str(&place.call(&["schema"]).with(0).stdout).unwrap();
    assert_eq!(schema["title"], "remnant project file");
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/azerbaijan/remnant.toml");
    let shipped = as_json(&fs::read_to_string(shipped).unwrap());
    assert_eq!(misfit(&schema, &schema, &shipped, ""), None);
    let hazards = |more: &str| layer("hazards", "h.geojson", more);
    for (text, right) in [
        (hazards(""), true),
        (
            "out = \"remnant-out\"\n[settings]\nas_of = 2024-12-31\nsafety_distance_m = 5.5\n".to_owned()
                + &hazards(""),
            true,
        ),
        (hazards("profile = \"imsma-ng\"\nfields.id = \"id\"\nvalues.class = { Mine = \"confirmed\" }"), true),
        (hazards("fields.id = [\"a\", \"id\"]\nclass = \"confirmed\""), true),
        (hazards("fields.status = \"x\"\nvalues.status = { x = \"open\" }"), true),
        (hazards("encoding = \"utf-8\"\ncrs = \"EPSG:4326\""), true),
        (hazards("encodings = \"utf-8\""), false),
        (hazards("fields.ids = \"id\""), false),
        (hazards("fields.id = 5"), false),
        (hazards("fields.id = []"), false),
        (hazards("values.class = { Mine = \"certain\" }"), false),
        (hazards("values.id = { a = \"b\" }"), false),
        (hazards("class = \"certain\""), false),
        (layer("hazard", "h.geojson", ""), false),
        ("[settings]\nsafety_distance_m = -1\n".to_owned() + &hazards(""), false),
        ("[settings]\ndates = \"never\"\n".to_owned() + &hazards(""), false),
        ("[[layer]]\nrole = \"hazards\"\n".to_owned(), false),
    ] {
        let misfit = misfit(&schema, &schema, &as_json(&text), "");
        assert_eq!(misfit.is_none(), right, "{text}: {misfit:?}");
        place.write("remnant.toml", &text);
        place.run(&["remnant.toml", "--force"]).with(if right { 0 } else { 2 });
    }
}

#[test]
fn inspect_tells_what_a_file_holds() {
    let place = Place::new();
    Scenario::new(7).write(&place);
    place.write(
        "bad.geojson",
        collection(&[
            Feature::new(
                json!({"id": "a\u{1b}[31m", "class": "mined", "date": "05.06.2019", "naïve": "AÄŸdam"}),
                rectangle(SQUARE),
            ),
            Feature::new(
                json!({"id": "b", "class": "SHA", "date": "2019-06-05"}),
                [SQUARE, BESIDE].concat().chunks(2).map(|c| [c[0], c[1]]).collect(),
            ),
        ]),
    );
    let ended = place.call(&["inspect", "hazards.geojson", "bad.geojson"]).with(0);
    for part in [
        "hazards.geojson",
        "features    28",
        "looks like  hazards",
        "suspected",
        "x 17",
        "garbled-text",
        "\"AÄŸdam\"",
        "unknown-class",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains('\u{1b}'));
    let found: Value = serde_json::from_str(&place.call(&["inspect", "--json", "bad.geojson"]).with(0).stdout).unwrap();
    let field = |name: &str| found[0]["fields"].as_array().unwrap().iter().find(|f| f["name"] == name).unwrap().clone();
    assert_eq!((&found[0]["features"], &found[0]["crs"]["code"]), (&json!(2), &json!("OGC:CRS84")));
    assert_eq!((&field("date")["dates"], &field("date")["unreadable_dates"]), (&json!(1), &json!(1)));
    assert_eq!((&field("naïve")["empty"], &field("class")["distinct"]), (&json!(1), &json!(2)));
    assert_eq!(found[0]["geometry"]["Polygon"], json!(2));
    let codes: Vec<&str> = found[0]["problems"].as_array().unwrap().iter().filter_map(|p| p["code"].as_str()).collect();
    for code in ["unknown-class", "unreadable-date", "garbled-text"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    // A file that can't be read does not keep the others from being told.
    let ended =
        place.call(&["inspect", "none.geojson", "zones.geojson"]).with(2).saying(&["none.geojson", "what to do"]);
    assert!(ended.stdout.contains("zones.geojson"));
}

#[test]
fn what_init_writes_is_run_and_every_doubt_is_marked() {
    let place = Place::new();
    let mut survey = Scenario::new(7);
    for hazard in &mut survey.hazards {
        rename(hazard, "id", "hazard_localid", &[]);
        rename(hazard, "class", "classification_enum", &[("confirmed", "Minefield")]);
        rename(hazard, "date", "Recorded date", &[]);
    }
    survey.write(&place);
    place.write(
        "done \"by\" us.geojson",
        collection(&[Feature::new(json!({"hazreduc_localid": "r"}), rectangle(SQUARE))]),
    );
    place.call(&["init"]).with(0).saying(&[
        "remnant.toml is written",
        "date is taken from the field Recorded date",
        "left out",
    ]);
    let text = fs::read_to_string(place.path("remnant.toml")).unwrap();
    for part in [
        "profile = \"imsma-ng\"   # unsure",
        "fields.date = \"Recorded date\"   # unsure",
        "# values.class.\"Minefield\" = \"...\"",
        "role = \"districts\"",
        "# path = \"done \\\"by\\\" us.geojson\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    place.run(&["remnant.toml", "--as-of", "2024-01-01"]).with(0);
    let rows = place.output("remnant-out").rows("records.csv");
    assert!(rows.iter().any(|row| row["id"] == "h003") && rows.iter().all(|row| row["id"] != "r"));
    let dates = rows.iter().filter(|row| row["id"].starts_with('h') && !row["date"].is_empty()).count();
    assert!(dates > 10, "{dates}");
    // Never over a file that is there.
    place.call(&["init", "zones.geojson"]).with(2).saying(&["remnant.toml", "--force"]);
    assert_eq!(fs::read_to_string(place.path("remnant.toml")).unwrap(), text);
    place.call(&["init", "--force", "hazards.geojson"]).with(0);
    assert_ne!(fs::read_to_string(place.path("remnant.toml")).unwrap(), text);
    place.call(&["init", "-o", "other.toml", "none.geojson"]).with(2).saying(&["none.geojson"]);
    assert!(!place.path("other.toml").exists());
}

#[test]
fn closing_a_hazard_leaves_the_land_of_another_that_is_open() {
    let place = Place::new();
    let square = |id: &str, class: &str, status: &str, day: &str, closed: &str, size: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"id":"{id}","class":"{class}","date":"{day}","status":"{status}","closed":{closed}}},
            "geometry":{{"type":"Polygon","coordinates":[[[46,40],[{0},40],[{0},{1}],[46,{1}],[46,40]]]}}}}"#,
            46.0 + size,
            40.0 + size
        )
    };
    let layer = |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let outer = square("SHA-1", "SHA", "Expired", "2018-01-01", "\"2020-06-01\"", 0.02);
    let inner = square("CHA-1", "CHA", "Open", "2019-01-01", "null", 0.01);
    let later = square("CHA-2", "CHA", "Open", "2021-01-01", "null", 0.01);
    let project = "[[layer]]\nrole = \"hazards\"\npath = \"h.geojson\"\nfields.status = \"status\"\nfields.status_date = \"closed\"\n\
                   values.status = { \"Expired\" = \"cancelled\", \"Open\" = \"open\" }\n";
    place.write("p.toml", project).write("h.geojson", layer(&[outer.clone(), inner]));
    for dates in ["replay", "ignore"] {
        place.run(&["p.toml", "--out", "a", "--force", "--dates", dates]).with(0);
        let total = &place.output("a").json("summary.json")["total"];
        let (remaining, cancelled) = (total["remaining_m2"].as_f64().unwrap(), total["cancelled_m2"].as_f64().unwrap());
        assert!((cancelled / remaining - 3.0).abs() < 1e-3, "{dates}: {remaining} remain, {cancelled} cancelled");
        assert!(place.output("a").text("findings.csv").contains("closed-over-open"));
        let mut rows: Vec<String> =
            place.output("a").rows("records-by-district.csv").iter().map(|row| row["record"].clone()).collect();
        rows.sort();
        assert_eq!(rows, ["1", "2", "3"], "hazard and release of one feature are two records");
    }
    // One that is recorded after the other was closed is land mined again.
    place.write("h.geojson", layer(&[outer, later]));
    place.run(&["p.toml", "--out", "b", "--since", "2020-12-31"]).with(0);
    let output = place.output("b");
    let total = &output.json("summary.json")["total"];
    assert_eq!(total["opening_m2"].as_f64(), Some(0.0));
    assert!(
        total["recontaminated_m2"].as_f64().unwrap() > 1e5 && !output.text("findings.csv").contains("closed-over-open")
    );
}
