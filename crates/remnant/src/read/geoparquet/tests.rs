use std::sync::Arc;

use parquet::basic::{BrotliLevel, Compression, GzipLevel, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int96, Int96Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use crate::crs::{Crs, Operation};
use crate::read::testing::{
    Read, damage, fixture, fixtures, is_hazards, read, read_bytes, read_layer, read_whole, read_with, shared,
};
use crate::read::{DeclaredCrs, Shape, Value};

fn of(name: &str, layer: Option<&str>, wanted: &[&str]) -> Read {
    read_layer(&fixtures().join(name), layer, wanted).unwrap_or_else(|e| panic!("{e}"))
}

/// A file of one point and of an old kind of moment, two rows, the second empty.
fn written(geometry: Option<LogicalType>, compression: Compression, geo: Option<&str>) -> Vec<u8> {
    let field = |name: &str, kind, logical| -> TypePtr {
        let made = Type::primitive_type_builder(name, kind)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build();
        Arc::new(made.unwrap_or_else(|e| panic!("{e}")))
    };
    let fields = vec![field("geometry", Physical::BYTE_ARRAY, geometry), field("seen", Physical::INT96, None)];
    let schema = Type::group_type_builder("m").with_fields(fields).build().unwrap_or_else(|e| panic!("{e}"));
    let entries = geo.map(|geo| vec![KeyValue::new("geo".to_owned(), geo.to_owned())]);
    let properties = WriterProperties::builder().set_compression(compression).set_key_value_metadata(entries).build();
    let mut bytes = Vec::new();
    let write = |bytes: &mut Vec<u8>| -> parquet::errors::Result<()> {
        let mut writer = SerializedFileWriter::new(bytes, Arc::new(schema), Arc::new(properties))?;
        let mut group = writer.next_row_group()?;
        let mut point = vec![1, 1, 0, 0, 0];
        [3.0_f64, 4.0].iter().for_each(|c| point.extend(c.to_le_bytes()));
        if let Some(mut column) = group.next_column()? {
            column.typed::<ByteArrayType>().write_batch(&[ByteArray::from(point)], Some(&[1, 0]), None)?;
            column.close()?;
        }
        if let Some(mut column) = group.next_column()? {
            // The first of May 2019, in days of the Julian period.
            let moment = Int96::from(vec![1, 0, 2_458_605]);
            column.typed::<Int96Type>().write_batch(&[moment], Some(&[1, 0]), None)?;
            column.close()?;
        }
        group.close()?;
        writer.close()?;
        Ok(())
    };
    write(&mut bytes).unwrap_or_else(|e| panic!("{e}"));
    bytes
}

const PLAIN: &str = r#"{"version":"1.0.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB"}}}"#;

#[test]
fn hazards_are_those_of_every_format() {
    let read = of("formats/hazards.parquet", None, &["id", "class", "DATE", "area"]);
    is_hazards(&read);
    assert!(matches!(read.value(0, 2), Some(Value::Date(_))));
    assert_eq!((read.notes().as_str(), &read.info.crs), ("", &DeclaredCrs::Wgs84));
    assert_eq!(read.info.fields, ["id", "class", "date", "area"]);
    assert_eq!(read.info.name, "hazards");
}

#[test]
fn coordinates_may_stand_in_lists() {
    let name = "formats/native.parquet";
    let first = of(name, None, &["id", "area", "seen", "count", "tags"]);
    assert_eq!((first.tally(), first.extent()), ([1, 0, 2], Some([0., 0., 31., 10.])));
    assert_eq!(first.info.crs, DeclaredCrs::Unknown);
    for note in ["several columns of geometries", "over a sphere", "tags holds lists"] {
        assert!(first.notes().contains(note), "{note}: {}", first.notes());
    }
    let text = |at, slot| format!("{:?}", first.value(at, slot));
    assert_eq!(text(0, 1), "Some(Float(84.5))");
    assert_eq!(text(2, 1), "Some(Float(-2.25))");
    assert_eq!((text(0, 2), text(2, 2)), ("Some(Date(2019-05-01))".into(), "Some(Date(1969-12-31))".into()));
    assert_eq!((text(0, 3), text(2, 3)), ("Some(Int(1))".into(), "Some(Null)".into()));
    assert_eq!(text(1, 3), "Some(Text(\"9223372036854775808\"))");
    let shapes = |layer: &str| {
        let read = of(name, Some(layer), &[]);
        let shape = |at| match read.shape(at) {
            Shape::Geometry(geometry) => format!("{geometry:?}"),
            other => format!("{other:?}"),
        };
        ([shape(0), shape(1), shape(2)], read.info.crs)
    };
    let (multi, _) = shapes("geometry");
    assert_eq!(
        multi[1],
        "MULTIPOLYGON(((20.0 0.0,21.0 0.0,21.0 1.0,20.0 0.0)),((30.0 0.0,31.0 0.0,31.0 1.0,30.0 0.0)))"
    );
    let (points, crs) = shapes("centre");
    assert_eq!(points, ["POINT(8500000.0 4400000.0)", "Missing", "POINT(8500002.0 4400000.0)"]);
    assert!(matches!(crs, DeclaredCrs::Definition(text) if text.contains("ProjectedCRS")));
    // x and y in turn in one column.
    let (outlines, crs) = shapes("outline");
    let ring = "(0.0 0.0,10.0 0.0,10.0 10.0,0.0 10.0,0.0 0.0)";
    assert_eq!(outlines[0], format!("POLYGON({ring},(2.0 2.0,2.0 6.0,6.0 6.0,6.0 2.0,2.0 2.0))"));
    assert_eq!((outlines[1].as_str(), outlines[2].as_str(), crs), ("POLYGON EMPTY", "Missing", DeclaredCrs::Wgs84));
    let refused = read_layer(&fixtures().join(name), Some("id"), &[]).expect_err("no geometries").to_string();
    assert!(refused.contains("no such layer") && refused.contains("geometry, centre, outline"), "{refused}");
}

/// The system puts northings first; the file has eastings first, as the format demands.
#[test]
fn eastings_come_first_whatever_the_authority_says() {
    let read = of("formats/native.parquet", Some("centre"), &[]);
    let DeclaredCrs::Definition(definition) = &read.info.crs else { panic!("{:?}", read.info.crs) };
    let crs = Crs::parse(definition).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(crs.authority_code().as_deref(), Some("EPSG:28408"));
    let operation = Operation::choose(&crs, read.extent()).unwrap_or_else(|e| panic!("{e}"));
    let mut point = [[8_500_000.0, 4_400_000.0]];
    let placed = operation.transformer().map(|t| t.to_lonlat(&mut point));
    assert_eq!(placed, Ok(Ok(())), "{placed:?}");
    assert!((point[0][0] - 45.0).abs() < 0.01 && (point[0][1] - 39.73).abs() < 0.01, "{point:?}");
}

#[test]
fn every_compression_and_old_moments_are_read() {
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let read = read_bytes("a.parquet", &written(None, compression, Some(PLAIN)), &["seen"]);
        let read = read.unwrap_or_else(|e| panic!("{compression:?}: {e}"));
        assert_eq!((read.tally(), read.extent()), ([1, 0, 1], Some([3., 4., 3., 4.])), "{compression:?}");
        assert_eq!(read.value(0, 0), Some(&Value::Date(jiff::civil::date(2019, 5, 1))));
        assert_eq!(read.value(1, 0), Some(&Value::Null));
    }
}

#[test]
fn reference_systems_are_found_wherever_the_file_says_them() {
    let geo = |crs: &str| PLAIN.replace("\"WKB\"", &format!("\"WKB\"{crs}"));
    let with = |geometry: Option<LogicalType>, geo: Option<&str>| {
        let bytes = written(geometry, Compression::UNCOMPRESSED, geo);
        read_bytes("a.parquet", &bytes, &[]).map(|read| read.info.crs).map_err(|e| e.to_string())
    };
    let definition = |text: &str| Ok(DeclaredCrs::Definition(text.into()));
    let id = r#","crs":{"type":"GeographicCRS","name":"x","id":{"authority":"OGC","code":"CRS84"}}"#;
    let unread = r#","crs":{"type":"FutureCRS","name":"x","id":{"authority":"EPSG","code":28408}}"#;
    assert_eq!(with(None, Some(PLAIN)), Ok(DeclaredCrs::Wgs84));
    assert_eq!(with(None, Some(&geo(r#","crs":null"#))), Ok(DeclaredCrs::Unknown));
    assert_eq!(with(None, Some(&geo(id))), Ok(DeclaredCrs::Wgs84));
    assert_eq!(with(None, Some(&geo(unread))), definition("EPSG:28408"));
    assert_eq!(with(None, Some(&geo(r#","crs":"EPSG:32638""#))), definition("EPSG:32638"));
    let typed = |crs: Option<&str>| Some(LogicalType::geometry(crs.map(str::to_owned)));
    assert_eq!(with(typed(None), None), Ok(DeclaredCrs::Wgs84));
    assert_eq!(with(typed(Some("srid:32638")), None), definition("EPSG:32638"));
    assert_eq!(with(typed(Some("OGC:CRS84")), None), Ok(DeclaredCrs::Wgs84));
    assert!(with(None, None).is_err_and(|e| e.contains("no geometries") && e.contains("write it as GeoParquet")));
    assert!(with(None, Some("{")).is_err_and(|e| e.contains("no JSON")));
    let elsewhere = PLAIN.replace("{\"geometry\":", "{\"shape\":");
    assert!(with(None, Some(&elsewhere)).is_err_and(|e| e.contains("no column shape")));
    // Only the schema of Arrow says that a column holds geometries.
    let arrow = of("formats/arrow.parquet", None, &["id"]);
    assert_eq!((arrow.tally(), Ok(arrow.info.crs)), ([1, 0, 2], definition("EPSG:32638")));
}

#[test]
fn damage_is_never_fewer_features() {
    let content = fixture("formats/hazards.parquet");
    damage(("a.parquet", &content), "a.parquet", &[], |_, read| read.features.len() == 3);
    let content = fixture("formats/native.parquet");
    for at in (0..content.len()).step_by(7) {
        assert!(read_bytes("a.parquet", &content[..at], &["id", "seen"]).is_err(), "cut at {at}");
        let mut changed = content.clone();
        changed[at] ^= 0xFF;
        if let Ok(read) = read_bytes("a.parquet", &changed, &["id", "seen"]) {
            assert_eq!(read.features.len(), 3, "byte {at}");
        }
    }
    assert!(read_bytes("a.parquet", b"PAR1\xff\xff\xff\x7fPAR1", &[]).is_err());
    assert!(
        read_bytes("a.parquet", b"PARE\x00\x00\x00\x00PARE", &[]).is_err_and(|e| e.to_string().contains("encrypted"))
    );
}

#[test]
fn real_files_agree_with_other_readers() {
    let Some(folder) = shared("formats-dev/geoparquet") else { return };
    // By pyarrow and geopandas.
    for (name, tally, extent) in [
        ("data-multipolygon-encoding_native", [1, 0, 4], [5., 5., 45., 45.]),
        ("data-multipolygon-encoding_wkb", [1, 0, 4], [5., 5., 45., 45.]),
        ("data-polygon-encoding_wkb", [1, 0, 3], [10., 10., 45., 45.]),
        ("example", [0, 0, 5], [-180., -18.28799, 180., 83.23324000000001]),
        (
            "example-crs_vermont-utm_geo",
            [0, 0, 1],
            [625858.1940030524, 4733644.250368893, 775539.5804042327, 4989817.92403143],
        ),
        ("geoparquet-1.1.0", [0, 0, 5], [-180., -18.28799, 180., 83.23324000000001]),
    ] {
        let path = folder.join(format!("{name}.parquet"));
        let read = read_whole(&path, None).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(read.tally(), tally, "{name}");
        assert_eq!(read.extent(), Some(extent), "{name}");
        let text = if name == "example" || name.starts_with("geoparquet") { (15, 111) } else { (0, 0) };
        assert_eq!(read.text(), text, "{name}");
        match name {
            "example" | "geoparquet-1.1.0" => {
                let read = read_with(&path, &["name"], None).unwrap_or_else(|e| panic!("{name}: {e}"));
                let names: Vec<_> = (0..5).filter_map(|at| read.value(at, 0).cloned()).collect();
                let expected = ["Fiji", "Tanzania", "W. Sahara", "Canada", "United States of America"];
                assert_eq!(names, expected.map(|n| Value::Text(n.into())), "{name}");
                assert_eq!(read.info.crs, DeclaredCrs::Wgs84);
            }
            "example-crs_vermont-utm_geo" => {
                let DeclaredCrs::Definition(text) = &read.info.crs else { panic!("{:?}", read.info.crs) };
                let code = Crs::parse(text).ok().and_then(|crs| crs.authority_code());
                assert_eq!(code.as_deref(), Some("EPSG:32618"));
            }
            _ => assert_eq!(read.info.crs, DeclaredCrs::Wgs84),
        }
    }
    assert!(read(&folder.join("absent.parquet")).is_err());
}
