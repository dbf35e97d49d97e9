//! FlatGeobuf, GeoParquet, HXL and the faces, out of a report made by hand.

use std::collections::BTreeSet;
use std::io::Write;

use flatgeobuf::{FallibleStreamingIterator, FgbReader};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::{json, text};
use crate::write::sample::{self, HOSTILE};
use crate::write::{Halt, ON_REQUEST, OUTPUTS, Sink, layers};

/// The bytes of a file that is written on request.
fn bytes(name: &str) -> Vec<u8> {
    let (_, output) = ON_REQUEST.iter().find(|(_, o)| o.name == name).expect("an output of this name");
    let mut bytes = Vec::new();
    (output.write)(&sample::report(), &mut Sink::new(&mut bytes, &|| false)).expect("memory does not fail");
    bytes
}

#[test]
fn every_column_has_a_type_and_a_hashtag_of_its_own() {
    let mut report = sample::report();
    report.account.settings.hxl = true;
    for output in OUTPUTS.iter().filter(|o| o.name.ends_with(".csv")) {
        let text = text(output.name, &report);
        let lines: Vec<&str> = text.lines().take(2).collect();
        let tags: Vec<&str> = lines[1].split(',').collect();
        let form = |tag: &str| {
            let mut parts = tag.split('+');
            let plain = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            parts.next().and_then(|head| head.strip_prefix('#')).is_some_and(|h| !h.is_empty() && plain(h))
                && parts.all(|part| part.starts_with(|c: char| c.is_ascii_lowercase()) && plain(part))
        };
        for (name, tag) in lines[0].split(',').zip(&tags) {
            assert!(form(tag), "{}: the column {name} has no hashtag in the dictionary, but {tag:?}", output.name);
        }
        assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len(), "{}: {tags:?}", output.name);
    }
}

#[test]
fn flatgeobuf_gives_back_every_cell_and_shape() {
    let bytes = bytes("districts.fgb");
    let reader = FgbReader::open(&bytes[..]).expect("FlatGeobuf");
    let header = reader.header();
    assert_eq!((header.features_count(), header.index_node_size()), (HOSTILE.len() as u64 + 1, 16));
    assert_eq!(header.crs().map(|crs| crs.code()), Some(4326));
    let mut features = reader.select_all_seq().expect("features");
    let (mut names, mut without) = (BTreeSet::new(), 0);
    while let Some(feature) = features.next().expect("a feature") {
        use flatgeobuf::FeatureProperties;
        names.insert(feature.property::<String>("name").expect("a name"));
        without += usize::from(flatgeobuf::FgbFeature::geometry(feature).is_none());
    }
    assert_eq!(without, 1, "the land outside");
    assert!(HOSTILE.iter().all(|name| names.contains(*name)), "{names:?}");
}

#[test]
fn geoparquet_gives_back_every_cell_and_says_what_it_is() {
    let bytes = bytes("districts.parquet");
    assert!(bytes == self::bytes("districts.parquet"));
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&bytes).expect("a file");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let metadata = reader.metadata().file_metadata();
    let geo = metadata.key_value_metadata().expect("metadata").iter().find(|m| m.key == "geo").expect("geo");
    let geo: serde_json::Value = serde_json::from_str(geo.value.as_deref().expect("a text")).expect("JSON");
    assert_eq!(geo["version"], "1.1.0");
    assert!(geo["columns"]["geometry"].get("crs").is_none(), "longitude and latitude are the default");
    let rows: Vec<_> = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), HOSTILE.len() + 1);
    for (row, name) in rows.iter().zip(HOSTILE) {
        assert_eq!(row.get_string(1).expect("a name"), name);
        assert!(row.get_bytes(row.len() - 2).is_ok());
    }
    assert_eq!(rows[0].get_double(2).expect("an area"), 100_000_000.000_7);
}

#[test]
fn faces_have_exact_areas_and_the_words_of_their_records() {
    let (_, output) = ON_REQUEST.iter().find(|(_, o)| o.name == "faces.geojson").expect("faces");
    let mut bytes = Vec::new();
    (output.write)(&sample::report(), &mut Sink::new(&mut bytes, &|| false)).expect("memory does not fail");
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.contains("\"area_m2\":123.456789012,\"area_exact_m2\":\"123.456789012\",\"records\":2"), "{text}");
    assert!(text.contains("\"record_changes\":[\"newly-recorded\",\"not-in-effect\"]"));
    assert!(text.contains("\"area_m2\":0.000000001,"));
    assert!(text.contains("\"record_ids\":[\"-1\",\"=2+3\"],\"record_layers\":[\"hazards-layer\",\"releases-layer\"]"));
    assert_eq!(json("remaining.geojson", &sample::report())["features"].as_array().map(Vec::len), Some(3));
}

#[test]
fn long_layers_stop_when_asked() {
    let mut report = sample::report();
    report.account.findings = vec![report.account.findings[0].clone(); 10_000];
    let mut bytes = Vec::new();
    let mut sink = Sink::new(&mut bytes, &|| true);
    assert!(matches!(crate::write::flatgeobuf::write(&layers::FINDINGS_LAYER, &report, &mut sink), Err(Halt::Stopped)));
    assert!(matches!(crate::write::geoparquet::write(&layers::FINDINGS_LAYER, &report, &mut sink), Err(Halt::Stopped)));
}
