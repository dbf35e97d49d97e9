//! Texts that would do something if they were taken at their word: in every field that is read and every file that is
//! written, in names of files and layers, in messages. Each output is read by programs that share nothing with this one:
//! Python's csv, json, zipfile, XML, HTML and sqlite3 (`oracle/hostile_check.py`); `page.rs` opens the page in a browser.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use remnant::read::{self, Limits, Request, Wanted};
use serde_json::{Value, json};

use crate::call::{Ended, Place, finish, start};
use crate::scenario::{Feature, LAND, collection, rectangle};

/// Texts, and what would take them at their word.
const HOSTILE: [(&str, &str); 30] = [
    ("formula", "=HYPERLINK(\"http://example.org\",\"x\")"),
    ("formula", "+1+cmd|' /C calc'!A0"),
    ("formula", "-2+3"),
    ("formula", "@SUM(A1)"),
    ("formula after a tab", "\t=1+1"),
    ("formula after a return", "\r=1+1"),
    ("formula of full width", "＝1+1"),
    ("markup", "</script><script>alert(1)</script>"),
    ("markup", "<img src=x onerror=alert(1)>"),
    ("markup", "\" onmouseover=\"alert(1)"),
    ("markup", "<!-- <![CDATA[ ]]> --> <svg/onload=alert(1)>"),
    ("entities", "&lt;&#x3c;&amp;&nosuch;"),
    ("an XML bomb", "<!DOCTYPE x [<!ENTITY a \"b\">]>&a;"),
    ("ends of lines in scripts", "a\u{2028}b\u{2029}c"),
    ("a template", "{{7*7}}${7*7}<%= 7*7 %>%s%n{0}"),
    ("a link", "javascript:alert(1)"),
    ("terminal", "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m"),
    ("terminal", "\u{8}\u{8}\u{7f}\rdone"),
    ("direction", "\u{202e}gnp.evil\u{202c}\u{2066}"),
    ("no text of XML", "\u{0}\u{1}\u{b}\u{fffe}\u{ffff}"),
    ("quotes", "a,\"b\"\r\nc;'d'\n\"\"\""),
    ("SQL", "'; DROP TABLE districts; --"),
    ("SQL", "\") UNION SELECT sql FROM sqlite_master; --"),
    ("path", "../../../../etc/passwd"),
    ("path", "..\\..\\C:\\CON\u{0}.txt"),
    ("path", "/etc/passwd"),
    ("escape of a workbook", "_x0041_ _x000D_"),
    ("nothing to be seen", "\u{feff}\u{200b}\u{ad}"),
    ("composed", "e\u{301} лес 森 👩‍🌾"),
    ("a word of programs", "null"),
];

fn long() -> String {
    "<b>=\"'long".repeat(10_000)
}

fn texts() -> Vec<String> {
    HOSTILE.iter().map(|(_, text)| (*text).to_owned()).chain([long()]).collect()
}

/// A layer in which every field is such a text.
fn layer() -> String {
    let feature = |(n, text): (usize, &String)| {
        let west = LAND[0] + 600 * n as i64;
        let properties = json!({
            "id": text, "class": text, "date": text, "kind": "cleared", "code": text, "name": text, "operator": text,
            "method": text, "task": text, "area_m2": text, "killed": text, "radius_m": text, "population": text,
        });
        Feature::new(properties, rectangle([west, LAND[1], west + 500, LAND[3]]))
    };
    collection(&texts().iter().enumerate().map(feature).collect::<Vec<_>>())
}

#[track_caller]
fn nothing_steers(ended: &Ended) {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    for (stream, text) in [("standard output", &ended.stdout), ("standard error", &ended.stderr)] {
        let found: Vec<char> = text.chars().filter(|&c| steers(c)).collect();
        assert!(found.is_empty(), "{stream} holds {found:?}");
    }
}

fn python() -> Option<String> {
    let named = env::var("REMNANT_PYTHON").ok();
    let python = named.unwrap_or_else(|| "python3".to_owned());
    let works = Command::new(&python).arg("--version").output().is_ok_and(|o| o.status.success());
    assert!(works || env::var_os("CI").is_none_or(|ci| ci != "true"), "no Python, which CI must have");
    if !works {
        println!("skipped in part: no Python; name one in REMNANT_PYTHON");
    }
    works.then_some(python)
}

/// Holds every file of a folder against the texts that may stand in it, by other programs.
#[track_caller]
fn read_by_others(place: &Place, out: &str) {
    let Some(python) = python() else { return };
    place.write("texts.json", serde_json::to_string(&texts()).expect("JSON"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/hostile_check.py");
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).arg(place.path(out)).arg(place.path("texts.json"));
    let ended = finish(start(&mut command));
    println!("{}", ended.stdout);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn every_output_holds_hostile_texts_as_texts() {
    let place = Place::new();
    place.write("all.geojson", layer());
    let roles = ["--hazards", "--releases", "--districts", "--zones", "--incidents"];
    let mut arguments: Vec<&str> = roles.iter().flat_map(|role| [*role, "all.geojson"]).collect();
    arguments.extend(["--exposure", "+1</script>@x=all.geojson", "--verbose", "--hxl", "--faces"]);
    arguments.extend(["--series", "yearly", "--format", "gpkg,flatgeobuf,geoparquet", "-o", "out"]);
    let ended = place.run(&arguments).with(0);
    nothing_steers(&ended);
    // Every record is somewhere: none is lost for its text.
    let output = fs::read(place.path("out/summary.json")).expect("summary.json");
    let summary: Value = serde_json::from_slice(&output).expect("JSON");
    for input in summary["inputs"].as_array().expect("inputs") {
        let count = |name: &str| input[name].as_u64().expect("a count");
        assert_eq!(count("records"), texts().len() as u64);
        assert_eq!(count("records"), count("used") + count("repaired") + count("set_aside"), "{input}");
    }
    read_by_others(&place, "out");
    // What was written is an input too.
    let looked = place.call(&["inspect", "out/remnant.gpkg", "out/districts.geojson", "out/records.csv"]);
    nothing_steers(&looked);
}

/// The texts of a row by the names of their columns. A format may have nothing where another has an empty text.
type Texts = BTreeMap<String, String>;

/// The texts of the features of a GeoJSON file, read by nothing of this program, in an order of their own.
fn texts_of_json(path: &Path) -> Vec<Texts> {
    let file: Value = serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(|item| item.as_str().expect("a text")).collect::<Vec<_>>().join("; "),
        _ => String::new(),
    };
    let row = |feature: &Value| -> Texts {
        let members = feature["properties"].as_object().expect("members");
        members.iter().map(|(name, value)| (name.clone(), text(value))).filter(|(_, text)| !text.is_empty()).collect()
    };
    let mut rows: Vec<Texts> = file["features"].as_array().expect("features").iter().map(row).collect();
    rows.sort();
    rows
}

/// The texts of the features of a layer, as this program reads them.
fn texts_read(path: &Path, layer: Option<&str>) -> Vec<Texts> {
    let names = read::field_names(path, layer, None, Limits::default()).expect("fields");
    let wanted = Wanted::new(&names);
    let source = read::open(&Request { layer, ..Request::of(path, &wanted) }).expect("a layer");
    let features = source.read(0..source.len()).expect("features");
    let row = |feature: &read::Feature| -> Texts {
        let texts = feature.values.iter().map(|(slot, value)| match value {
            read::Value::Text(text) => (names[usize::from(*slot)].clone(), text.clone()),
            read::Value::Date(day) => (names[usize::from(*slot)].clone(), day.to_string()),
            _ => (String::new(), String::new()),
        });
        texts.filter(|(_, text)| !text.is_empty()).collect()
    };
    let mut rows: Vec<Texts> = features.iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn every_text_cell_of_the_binary_formats_is_what_went_in() {
    let place = Place::new();
    place.write("all.geojson", layer());
    let roles = ["--hazards", "--releases", "--districts", "--zones"];
    let mut arguments: Vec<&str> = roles.iter().flat_map(|role| [*role, "all.geojson"]).collect();
    // Undated, half of the ground would be nobody's; with its hazards alone it is all there.
    arguments.extend(["--faces", "--format", "gpkg,flatgeobuf,geoparquet", "-o", "out", "--quiet"]);
    place.run(&arguments).with(0);
    let (mut cells, mut layers) = (0, 0);
    for name in ["districts", "zones", "remaining", "released", "findings", "faces"] {
        let at = |ending: &str| place.path(format!("out/{name}.{ending}"));
        let wanted = texts_of_json(&at("geojson"));
        let base = place.path("out/remnant.gpkg");
        for (what, rows) in [
            ("FlatGeobuf", texts_read(&at("fgb"), None)),
            ("GeoParquet", texts_read(&at("parquet"), None)),
            ("GeoPackage", texts_read(&base, Some(name))),
        ] {
            assert_eq!(rows.len(), wanted.len(), "{name}, {what}: rows");
            for (row, wanted) in rows.iter().zip(&wanted) {
                assert!(row == wanted, "{name}, {what}: {:.600?}\nand not {:.600?}", row, wanted);
            }
            cells += rows.iter().map(BTreeMap::len).sum::<usize>();
            layers += 1;
        }
    }
    println!("{cells} text cells in {layers} layers are what went in");
    assert!(layers == 18 && cells > 3000, "{cells} cells in {layers} layers");
    // What went in, by the fields that are handed through.
    let mut given = texts();
    given.sort();
    let column = |rows: &[Texts], name: &str| {
        let mut all: Vec<String> = rows.iter().filter_map(|row| row.get(name).cloned()).collect();
        all.sort();
        all
    };
    for (ending, file) in [("fgb", "zones.fgb"), ("parquet", "zones.parquet")] {
        let rows = texts_read(&place.path(format!("out/{file}")), None);
        for name in ["id", "name"] {
            assert!(column(&rows, name) == given, "{name} in {ending}");
        }
        let districts = column(&texts_read(&place.path(format!("out/districts.{ending}")), None), "name");
        assert!(given.iter().all(|text| districts.contains(text)), "districts in {ending}");
    }
    read_by_gis(&place, "out");
}

/// Holds the formats of a folder against its GeoJSON cell by cell, by readers of other programs where they are there.
#[track_caller]
fn read_by_gis(place: &Place, out: &str) {
    let Some(python) = python() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/formats_check.py");
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).arg(place.path(out));
    let ended = finish(start(&mut command));
    println!("{}", ended.stdout);
    assert!(matches!(ended.code, Some(0 | 77)), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn hostile_published_figures_stay_texts() {
    let place = Place::new();
    place.write("all.geojson", layer());
    let mut table = csv::Writer::from_path(place.path("published.csv")).expect("a table");
    table.write_record(["what", "district", "period", "figure", "unit", "source", "page"]).expect("a header");
    for text in texts() {
        table.write_record([&text, &text, "2020", "1", &text, &text, &text]).expect("a row");
    }
    table.flush().expect("a table");
    let project = "published = \"published.csv\"\n[[layer]]\nrole = \"hazards\"\npath = \"all.geojson\"\n";
    place.write("remnant.toml", project);
    for call in [&["reconcile", "remnant.toml"][..], &["reconcile", "remnant.toml", "-o", "figures"]] {
        let ended = place.call(call);
        assert!(matches!(ended.code, Some(0 | 2)), "{}", ended.stderr);
        nothing_steers(&ended);
    }
}

#[test]
fn texts_that_are_no_unicode_end_in_a_message_or_in_unicode() {
    let shape = r#""geometry":{"type":"Polygon","coordinates":[[[17,44],[17.01,44],[17.01,44.01],[17,44]]]}"#;
    let feature = |id: &str| format!(r#"{{"type":"Feature","properties":{{"id":"{id}","class":"SHA"}},{shape}}}"#);
    let file = |id: &[u8]| {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, feature("whole"), feature("HERE"));
        let (before, after) = text.split_once("HERE").expect("the place");
        [before.as_bytes(), id, after.as_bytes()].concat()
    };
    for (name, id) in [
        ("lone surrogate", &br"\ud800"[..]),
        ("surrogates the wrong way round", br"\udc00\ud800"),
        ("no UTF-8", b"\xff\xfe\x80"),
        ("an overlong form", b"\xc0\xaf"),
        ("a surrogate in UTF-8", b"\xed\xa0\x80"),
        ("NUL", br"\u0000"),
    ] {
        let place = Place::new();
        place.write("h.geojson", file(id));
        let ended = place.run(&["--hazards", "h.geojson", "--format", "gpkg,flatgeobuf,geoparquet", "-o", "out"]);
        nothing_steers(&ended);
        if ended.code == Some(0) {
            assert_eq!(place.output("out").rows("records.csv").len(), 2, "{name}: a record is lost");
            read_by_others(&place, "out");
        } else {
            let ended = ended.with(2).saying(&["h.geojson"]);
            assert!(!place.path("out").exists(), "{name}: {}", ended.stderr);
        }
    }
}

#[test]
fn names_of_files_layers_and_members_lead_nowhere() {
    let place = Place::new();
    place.write("all.geojson", layer());
    // Everything that a run writes lies in its folder, whatever the texts say.
    let before = place.names();
    for name in ["../../x", "..\\x", "/tmp/x", "a/../../x", "%2e%2e%2fx", "\u{202e}x"] {
        let layer = format!("all.geojson#{name}");
        let ended = place.run(&["--hazards", &layer, "-o", "out"]);
        nothing_steers(&ended);
        assert!(matches!(ended.code, Some(0 | 2)), "{}", ended.stderr);
        if ended.code == Some(0) {
            fs::remove_dir_all(place.path("out")).expect("the folder");
        }
        assert_eq!(place.names(), before, "{name}");
    }
}

/// An archive with members of these names, stored; 65,535 at most.
pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut locals, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let crc = content.iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
        });
        let (length, label) = ((content.len() as u32).to_le_bytes(), (name.len() as u16).to_le_bytes());
        let common =
            [&[20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0][..], &(!crc).to_le_bytes(), &length, &length, &label, &[0, 0]];
        let (common, offset) = (common.concat(), (locals.len() as u32).to_le_bytes());
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &offset, name.as_bytes()].concat());
        locals.extend([b"PK\x03\x04", &common[..], name.as_bytes(), content].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let sizes = [(directory.len() as u32).to_le_bytes(), (locals.len() as u32).to_le_bytes()].concat();
    [&locals[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &sizes, &[0, 0]].concat()
}

/// A hazard in KML.
pub const KML: &[u8] =
    br#"<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>h</name><Polygon><outerBoundaryIs>
    <LinearRing><coordinates>17,44 17.01,44 17.01,44.01 17,44</coordinates></LinearRing></outerBoundaryIs></Polygon>
    </Placemark></Document></kml>"#;

#[test]
fn members_of_archives_are_never_unpacked_by_their_names() {
    for name in
        ["../escaped.kml", "/tmp/escaped.kml", "..\\escaped.kml", "C:\\escaped.kml", "a/../../escaped.kml", "doc.kml"]
    {
        let place = Place::new();
        fs::create_dir(place.path("inner")).expect("a folder");
        place.write("inner/h.kmz", archive(&[(name, KML)]));
        let ended = place.run(&["--hazards", "inner/h.kmz", "-o", "inner/out"]);
        nothing_steers(&ended);
        assert!(matches!(ended.code, Some(0 | 2)), "{name}: {}", ended.stderr);
        assert_eq!(place.names(), ["inner"], "{name}");
        let within: Vec<_> = fs::read_dir(place.path("inner")).expect("a folder").collect();
        assert_eq!(within.len(), if ended.code == Some(0) { 2 } else { 1 }, "{name}");
        if name == "doc.kml" {
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        }
    }
}

#[cfg(unix)]
mod links {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn survey() -> Place {
        let place = Place::new();
        place.write("h.geojson", collection(&[Feature::new(json!({"id": "h", "class": "SHA"}), rectangle(LAND))]));
        place
    }

    #[test]
    fn an_input_may_be_a_link() {
        let place = survey();
        symlink("h.geojson", place.path("link.geojson")).expect("a link");
        place.run(&["--hazards", "link.geojson", "-o", "out"]).with(0);
        assert_eq!(place.output("out").rows("records.csv").len(), 1);
    }

    #[test]
    fn an_output_folder_that_is_a_link_stays_one_and_is_written_where_it_leads() {
        let place = survey();
        fs::create_dir(place.path("true place")).expect("a folder");
        symlink("true place", place.path("out")).expect("a link");
        place.run(&["--hazards", "h.geojson", "-o", "out"]).with(0);
        assert!(fs::symlink_metadata(place.path("out")).expect("the link").is_symlink());
        assert!(place.path("true place/summary.json").is_file());
        assert_eq!(place.names(), ["h.geojson", "out", "true place"]);
    }

    #[test]
    fn a_link_among_our_own_files_is_not_followed_and_what_it_leads_to_stays() {
        let place = survey();
        place.run(&["--hazards", "h.geojson", "-o", "out"]).with(0);
        place.write("precious.csv", "precious");
        fs::remove_file(place.path("out/districts.csv")).expect("a file");
        symlink(place.path("precious.csv"), place.path("out/districts.csv")).expect("a link");
        let ended = place.run(&["--hazards", "h.geojson", "-o", "out", "--force"]);
        assert_eq!(fs::read_to_string(place.path("precious.csv")).expect("it is there"), "precious");
        assert_eq!(ended.code, Some(2), "a link is no file of ours: {}", ended.stderr);
    }

    /// In a folder that others may write to, somebody has put links where our names will be.
    #[test]
    fn links_in_the_way_of_our_names_are_never_written_through() {
        let place = survey();
        place.write("precious", "precious");
        symlink(place.path("precious"), place.path(".out.remnant-lock")).expect("a link");
        let says = ["a link stands where its lock would be", ".out.remnant-lock", "what to do"];
        place.run(&["--hazards", "h.geojson", "-o", "out"]).with(2).saying(&says);
        assert_eq!(fs::read_to_string(place.path("precious")).expect("it is there"), "precious");

        // Where it leads to nothing, nothing is made there.
        let place = survey();
        symlink(place.path("elsewhere"), place.path(".out.remnant-lock")).expect("a link");
        place.run(&["--hazards", "h.geojson", "-o", "out"]).with(2).saying(&says);
        assert_eq!(place.names(), [".out.remnant-lock", "h.geojson"]);

        // The name of the folder that is being written has the number of the process in it: all that may come are taken.
        let place = survey();
        fs::create_dir(place.path("elsewhere")).expect("a folder");
        let mut child = start(&mut place.command(&["--help"]));
        let number = child.id();
        child.wait().expect("it ends");
        for n in number..number + 400 {
            symlink(place.path("elsewhere"), place.path(format!(".out.remnant-{n}"))).expect("a link");
        }
        place.run(&["--hazards", "h.geojson", "-o", "out"]).with(0);
        assert!(place.path("out/summary.json").is_file());
        assert!(!fs::symlink_metadata(place.path("out")).expect("the folder").is_symlink());
        assert_eq!(
            fs::read_dir(place.path("elsewhere")).expect("a folder").count(),
            0,
            "it was written through a link"
        );
    }

    #[test]
    fn links_in_the_way_of_a_single_file_are_never_written_through() {
        let place = survey();
        let mut child = start(&mut place.command(&["--help"]));
        let number = child.id();
        child.wait().expect("it ends");
        for n in number..number + 400 {
            let beside = |ending: &str| place.path(format!(".remnant.toml.remnant-{n}-{ending}"));
            symlink(place.path("elsewhere"), beside("0")).expect("a link");
            symlink(place.path("h.geojson"), beside("1")).expect("a link");
            symlink(place.path("elsewhere"), beside("2-0")).expect("a link");
        }
        let survey = fs::read(place.path("h.geojson")).expect("it is there");
        for more in [&[][..], &["--force"]] {
            place.call(&[&["init", "h.geojson"][..], more].concat()).with(0);
            assert!(fs::symlink_metadata(place.path("remnant.toml")).expect("the file").is_file());
            assert!(!place.path("elsewhere").exists(), "it was written through a link");
            assert_eq!(fs::read(place.path("h.geojson")).expect("it is there"), survey);
        }
        // A link under the very name that was asked for is told, and never replaced.
        symlink(place.path("elsewhere"), place.path("other.toml")).expect("a link");
        place.call(&["init", "h.geojson", "-o", "other.toml", "--force"]).with(2).saying(&["not a regular file"]);
        assert!(!place.path("elsewhere").exists(), "it was written through a link");
    }

    #[test]
    fn files_are_written_with_the_permissions_that_the_user_gives_new_files() {
        let place = survey();
        let words = format!("umask 077; exec '{}' run --hazards h.geojson -o out", env!("CARGO_BIN_EXE_remnant"));
        let mut command = Command::new("sh");
        finish(start(command.args(["-c", &words]).current_dir(place.path("")))).with(0);
        let folder = fs::metadata(place.path("out")).expect("the folder");
        assert_eq!(folder.permissions().mode() & 0o777, 0o700);
        for entry in fs::read_dir(place.path("out")).expect("a folder") {
            let file = entry.expect("an entry").metadata().expect("a file");
            assert_eq!((file.permissions().mode() & 0o777, file.nlink()), (0o600, 1));
        }
    }
}
