//! The database, as a reader of SQLite sees it, and the project file, as a reader of XML does.

use std::collections::BTreeSet;
use std::fs;

use quick_xml::Reader;
use quick_xml::events::Event;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{FILE, style, xml::Xml};
use crate::report::Report;
use crate::settings::Format;
use crate::write::sample::{self, HOSTILE};
use crate::write::{Halt, Sink, layers};
use crate::zone::ZoneStatus;

fn report() -> Report {
    let mut report = sample::report();
    report.account.settings.faces = true;
    report.account.settings.formats = vec![Format::GeoPackage];
    report
}

fn written(report: &Report) -> (TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    fs::write(&path, "").expect("a file");
    super::write(report, &mut Sink::to_file(&mut std::io::sink(), &path, &|| false)).expect("it is written");
    let bytes = fs::read(&path).expect("bytes");
    (folder, bytes)
}

fn project() -> String {
    let mut bytes = Vec::new();
    super::project(&report(), &mut Sink::new(&mut bytes, &|| false)).expect("memory does not fail");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn the_same_report_gives_the_same_bytes_and_a_sound_database() {
    let report = report();
    let ((folder, first), (_other, second)) = (written(&report), written(&report));
    assert!(first == second);
    assert_eq!(&first[68..72], b"GPKG");
    let names: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(names, [FILE], "nothing lies beside it");
    let database = Connection::open(folder.path().join(FILE)).expect("a database");
    let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, String>(0)).expect(sql);
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert_eq!(one("SELECT rtreecheck('rtree_districts_geom')"), "ok");
    assert_eq!(one("SELECT count(*) || '' FROM pragma_foreign_key_check"), "0");
    assert_eq!(one("SELECT group_concat(DISTINCT last_change) FROM gpkg_contents"), "2024-12-31T00:00:00.000Z");
}

#[test]
fn every_row_is_there_and_text_is_as_it_was() {
    let report = report();
    let (folder, _) = written(&report);
    let database = Connection::open(folder.path().join(FILE)).expect("a database");
    let mut names = database.prepare("SELECT name FROM districts ORDER BY fid").expect("a table");
    let names: Vec<String> = names.query_map([], |r| r.get(0)).expect("rows").map(|r| r.expect("text")).collect();
    assert_eq!(names[..HOSTILE.len()], HOSTILE);
    let number = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    for (table, rows) in [
        ("districts", report.account.districts.len() + 1),
        ("zones", report.account.zones.len()),
        ("remaining", 3),
        ("released", 2),
        ("findings", report.account.findings.len()),
        ("faces", report.account.faces.len()),
        ("records", report.account.records.len()),
        ("balance", report.account.districts.len() + 2),
    ] {
        assert_eq!(number(&format!("SELECT count(*) FROM {table}")), rows as i64, "{table}");
    }
    assert_eq!(number("SELECT count(*) FROM districts WHERE geom IS NULL"), 1, "the land outside has no shape");
    assert_eq!(number("SELECT count(*) FROM rtree_districts_geom"), HOSTILE.len() as i64);
    // A box of the index may be rounded outwards, never inwards.
    let out = "SELECT count(*) FROM gpkg_contents c, rtree_districts_geom r WHERE c.table_name = 'districts' AND \
               (r.minx > c.max_x OR r.maxx < c.min_x)";
    assert_eq!(number(out), 0);
    let area: f64 = database.query_row("SELECT area_m2 FROM districts", [], |r| r.get(0)).expect("a number");
    assert_eq!(area, 100_000_000.000_7);
    let exact: String = database.query_row("SELECT area_exact_m2 FROM faces", [], |r| r.get(0)).expect("a text");
    assert_eq!(exact, "123.456789012");
}

#[test]
fn a_database_without_a_file_is_refused_and_a_long_one_stops_when_asked() {
    let report = report();
    let mut bytes = Vec::new();
    assert!(matches!(super::write(&report, &mut Sink::new(&mut bytes, &|| false)), Err(Halt::Io(_))));
    let mut long = report;
    long.account.findings = vec![long.account.findings[0].clone(); 10_000];
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    fs::write(&path, "").expect("a file");
    let end = super::write(&long, &mut Sink::to_file(&mut std::io::sink(), &path, &|| true));
    assert!(matches!(end, Err(Halt::Stopped)));
}

#[test]
fn the_project_file_is_xml_that_holds_no_text_of_the_data() {
    let text = project();
    let mut reader = Reader::from_str(&text);
    let mut sources = 0;
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            Event::Start(tag) if tag.name().as_ref() == "maplayer" => sources += 1,
            _ => {}
        }
    }
    assert_eq!(sources, 9, "findings are two layers of the map");
    // The shortest ones are parts of numbers.
    for name in HOSTILE.iter().filter(|name| name.len() > 3) {
        assert!(!text.contains(name), "{name}");
    }
    for layer in layers::all(&report()) {
        assert!(text.contains(&format!("<datasource>./{FILE}|layername={}", layer.name)), "{}", layer.name);
    }
}

#[test]
fn text_can_not_leave_its_place_in_xml() {
    let mut xml = Xml::qgis();
    xml.text("a", &[("b", "\"><x y='")], "]]></a><script>&\u{0}\u{1b}");
    assert!(
        xml.end().ends_with("<a b=\"&quot;&gt;&lt;x y='\">]]&gt;&lt;/a&gt;&lt;script&gt;&amp;\u{fffd}\u{fffd}</a>\n")
    );
}

#[test]
fn nothing_is_green_and_every_word_has_its_look() {
    for [red, green, blue] in style::colours() {
        assert!(green <= red.max(blue), "{red},{green},{blue} is green");
    }
    let words: BTreeSet<&str> = style::values(&layers::ZONES_LAYER).into_iter().collect();
    assert_eq!(words, ZoneStatus::ALL.iter().map(|s| s.word()).collect());
    assert_eq!(style::values(&layers::REMAINING_LAYER), ["suspected", "confirmed"]);
    assert_eq!(style::values(&layers::RELEASED_LAYER), ["cancelled", "reduced", "cleared"]);
    assert_eq!(style::values(&layers::FACES_LAYER).len(), 6);
    assert_eq!(style::values(&layers::FINDINGS_LAYER), ["error", "warning", "info"]);
    assert!(!project().contains("safe"));
}
