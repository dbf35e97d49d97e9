//! The damaged files of the fixtures, and what their table says must become of each.

use super::Shape;
use super::testing::{fixture, fixtures, read_with};

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
