//! Texts and bytes that are no layers: systems, project files, tables of figures, output folders, single values.

use std::fs;
use std::path::Path;

use remnant::crs::{Crs, Operation};
use remnant::error::Error;
use remnant::read::{Shape, fuzzed};

use crate::parts;
use crate::readers::{put, scratch};

fn is_unusable<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Error::Unusable(trouble)) => {
            assert!(!trouble.what.is_empty() && !trouble.why.is_empty() && !trouble.remedy.is_empty(), "{trouble:?}");
            None
        }
        Err(other) => panic!("an input is no fault of the program: {other}"),
    }
}

/// Well-known binary, bare and as GeoPackages have it.
pub fn well_known_binary(data: &[u8]) {
    let bare: fn(&[u8]) -> (Shape, Vec<String>) = fuzzed::well_known_binary;
    for read in [bare, fuzzed::geopackage_geometry] {
        let (shape, notes) = read(data);
        assert_eq!(format!("{shape:?} {notes:?}"), format!("{:?}", Same(read(data))));
        match shape {
            Shape::Unreadable { why, .. } => assert!(!why.is_empty()),
            Shape::Missing | Shape::Geometry(_) => {}
        }
    }
}

struct Same((Shape, Vec<String>));

impl std::fmt::Debug for Same {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.0.0, self.0.1)
    }
}

/// The definition of a system, as a side file or a call gives it: what PROJ makes of it gives numbers or errors.
pub fn system(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(crs) = Crs::parse(&text) else { return };
    assert_eq!(crs, Crs::parse(&text).expect("it was understood before"));
    assert!(crs.metres_in_unit() > 0.0);
    let Ok(operation) = Operation::choose(&crs, None) else { return };
    let Ok(transformer) = operation.transformer() else { return };
    for place in [[0.0, 0.0], [500_000.0, 4_500_000.0], [46.5, 39.5], [-1e7, 1e7], [1e300, -1e300]] {
        let mut moved = [place];
        if transformer.to_lonlat(&mut moved).is_ok() {
            let [[x, y]] = moved;
            assert!(x.abs() <= 180.0 && y.abs() <= 90.0, "{place:?} came to {moved:?} by {}", operation.pipeline());
        }
    }
}

/// Dates, numbers and words of one value.
pub fn words(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert_eq!(remnant::fuzzed_words(&text), remnant::fuzzed_words(&text));
    // A coordinate in a table, with every sign and letter that it may have.
    let cells = text.replace(['"', '\n', '\r'], " ");
    let table = format!("id;longitude;latitude\n1;\"{cells}\";\"{cells}\"\n");
    crate::readers::file("cells.csv", table.as_bytes());
}

/// A project file.
pub fn project(data: &[u8]) {
    is_unusable(remnant_cli::check_project(&put("remnant.toml", data)));
}

/// A table of published figures, held against itself.
pub fn published(data: &[u8]) {
    let path = put("published.csv", data);
    let Some(figures) = is_unusable(remnant::reconcile::read(&path)) else { return };
    let verdicts = remnant::reconcile::verdicts(&figures, &[]);
    assert_eq!(verdicts, remnant::reconcile::verdicts(&figures, &[]));
    assert!(verdicts.len() >= figures.len(), "every figure is judged");
}

/// Two output folders: summary.json, districts.csv, records.csv, records-by-district.csv and districts.geojson of each.
pub fn compare(data: &[u8]) {
    const FILES: [&str; 5] =
        ["summary.json", "districts.csv", "records.csv", "records-by-district.csv", "districts.geojson"];
    let files = parts::split(data);
    let folder = |name: &str, first: usize| {
        let folder = scratch().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (nth, file) in FILES.iter().enumerate() {
            write_or_remove(&folder.join(file), files.get(first + nth).copied().unwrap_or_default());
        }
        folder
    };
    let (old, new) = (folder("old", 0), folder("new", FILES.len()));
    for (one, other) in [(&old, &new), (&old, &old)] {
        if let Some(comparison) = is_unusable(remnant::compare::compare(one, other)) {
            let again = remnant::compare::compare(one, other).expect("it could be read before");
            assert_eq!(comparison.json(), again.json());
            assert!(one != other || comparison.causes().rows.is_empty(), "a folder differs from itself");
        }
    }
}

fn write_or_remove(path: &Path, content: &[u8]) {
    if content.is_empty() {
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, content).expect("an input can be written");
    }
}
