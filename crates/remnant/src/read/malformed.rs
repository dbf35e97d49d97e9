//! The damaged files of the fixtures, and what their table says must become of each.

use super::Shape;
use super::testing::{fixture, fixtures, put, read_with, scratch};

#[test]
fn each_is_what_the_table_says() {
    let table = String::from_utf8_lossy(&fixture("malformed/README.md")).into_owned();
    let rows = table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| file"));
    let mut seen = 0;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, file, must, text, _] = cells.as_slice() else { panic!("{row}") };
        let result = read_with(&fixtures().join("malformed").join(file), &["id", "name"], None);
        match (result, *must) {
            (Err(error), "unusable") => assert!(error.to_string().contains(text), "{file}: {error}"),
            (Ok(read), must) => {
                let [missing, unreadable, good] = read.tally();
                let found = format!("{} {missing} {unreadable} {good}", read.features.len());
                let whys = read.features.iter().filter_map(|f| match &f.shape {
                    Shape::Unreadable { why, .. } => Some(why.as_str()),
                    _ => None,
                });
                let told = whys.fold(read.notes(), |all, why| all + "\n" + why);
                assert_eq!(found, must, "{file}: {told}");
                assert!(told.contains(text), "{file}: {told}");
            }
            (Err(error), _) => panic!("{file}: {error}"),
        }
        seen += 1;
    }
    assert!(seen > 20);
}

/// Several bytes changed, taken out or doubled at once, in an order that is the same for a seed: nothing may panic, and
/// nothing may take long.
#[test]
fn no_damage_makes_a_reader_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64.wrapping_add(crate::seed::base());
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below.max(1) as u64)).unwrap_or(0)
    };
    let folder = scratch();
    put(&folder.path().join("a.dbf"), &fixture("formats/hazards.dbf"));
    for name in [
        "hazards.geojson",
        "hazards.shp",
        "lines.shp",
        "hazards.dbf",
        "hazards.csv",
        "hazards.fgb",
        "mixed.fgb",
        "curves.fgb",
        "hazards.gpkg",
        "hazards.parquet",
        "native.parquet",
        "hazards.kml",
        "hazards.kmz",
        "hazards.zip",
        "hazards.topojson",
    ] {
        let whole = fixture(&format!("formats/{name}"));
        let opened = if name.ends_with("dbf") { "hazards.shp".to_owned() } else { name.to_owned() };
        if name.ends_with("dbf") {
            put(&folder.path().join(&opened), &fixture("formats/hazards.shp"));
        }
        for _ in 0..400 {
            let mut bytes = whole.clone();
            for _ in 0..=random(6) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes.extend_from_within(at..bytes.len().min(at + random(60))),
                    2 => {
                        bytes.drain(at..bytes.len().min(at + random(9)));
                    }
                    _ => {
                        let byte = [0x00, 0x7F, 0x80, 0xFF, b'"', b'[', b'{', b','];
                        let with = byte.get(random(8)).copied().unwrap_or_default();
                        bytes.iter_mut().skip(at).take(1 + random(4)).for_each(|b| *b = with);
                    }
                }
            }
            put(&folder.path().join(name), &bytes);
            if let Ok(read) = read_with(&folder.path().join(&opened), &["id", "class", "area"], None) {
                assert!(read.features.len() < 1000);
            }
        }
    }
}
