//! Two small folders, made by hand, and what is said of them.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Comparison, Entry, compare};

const RECORDS: &str = "layer,file,feature,id,kind,class,date,fate,in_effect,stated_m2,geometry_m2\n";
const SHARES: &str = "record,code,shape,covered_m2,to_remaining_m2,to_released_m2\n";
const DISTRICTS: &str = "code,name,area_m2,remaining_m2,released_m2\n";

fn write(folder: &Path, settings: &str, districts: &str, records: &str, shares: &str) {
    let summary = format!(
        "{{\"program\":{{\"name\":\"remnant\",\"version\":\"0.0.9\"}},\"as_of\":\"2024-12-31\",{settings}\"inputs\":[]}}"
    );
    fs::write(folder.join("summary.json"), summary).expect("a file");
    fs::write(folder.join("districts.csv"), format!("{DISTRICTS}{districts}")).expect("a file");
    fs::write(folder.join("records.csv"), format!("{RECORDS}{records}")).expect("a file");
    fs::write(folder.join("records-by-district.csv"), format!("{SHARES}{shares}")).expect("a file");
}

/// Two folders: a release comes, a hazard is redrawn, a boundary moves, and a hazard goes.
fn scene() -> (TempDir, TempDir) {
    let (old, new) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    write(
        old.path(),
        "",
        "A,Aa,1000.0000,300.0000,0.0000\nB,Bb,1000.0000,50.0000,0.0000\n,outside,0.0000,0.0000,0.0000\n",
        "h,h.geojson,1,h1,hazard,suspected,2020-01-01,used,true,,200.0000\n\
         h,h.geojson,2,h2,hazard,confirmed,2020-01-01,used,true,,100.0000\n\
         h,h.geojson,3,h3,hazard,suspected,2020-01-01,used,true,,50.0000\n",
        "1,A,a1,200.0000,200.0000,0.0000\n2,A,a2,100.0000,100.0000,0.0000\n3,B,a3,50.0000,50.0000,0.0000\n",
    );
    write(
        new.path(),
        "\"settings\":{\"dates\":\"ignore\"},",
        "A,Aa,900.0000,160.0001,60.0000\nB,Bb,1100.0000,40.0000,0.0000\n,outside,0.0000,0.0000,0.0000\n",
        "h,new.geojson,1,h1,hazard,suspected,2020-01-01,used,true,,200.0000\n\
         h,new.geojson,2,h2,hazard,confirmed,2020-01-01,used,true,,60.0000\n\
         r,r.geojson,1,=r1,release,cleared,2023-05-01,used,true,,60.0000\n",
        "1,A,a1,160.0000,160.0000,0.0000\n1,B,a1,40.0000,40.0000,0.0000\n2,A,b2,60.0000,60.0000,0.0000\n\
         3,A,b3,60.0000,-60.0000,60.0000\n",
    );
    (old, new)
}

fn rows(comparison: &Comparison) -> Vec<[String; 5]> {
    let text = |entry: &Entry| match entry {
        Entry::Text(text) | Entry::Number(text) => text.clone(),
        _ => String::new(),
    };
    comparison.moves().rows.iter().map(|row| [0, 2, 5, 8, 9].map(|c| text(&row[c]))).collect()
}

#[test]
fn every_square_metre_of_a_difference_has_its_record() {
    let (old, new) = scene();
    let comparison = compare(old.path(), new.path()).expect("two folders");
    let wanted = [
        ["A", "difference", "", "-139.9999", "60.0000"],
        ["A", "boundary", "h1", "-40.0000", "0.0000"],
        ["A", "hazard redrawn", "h2", "-40.0000", "0.0000"],
        ["A", "release came", "=r1", "-60.0000", "60.0000"],
        ["A", "not explained by records", "", "0.0001", "0.0000"],
        ["B", "difference", "", "-10.0000", "0.0000"],
        ["B", "boundary", "h1", "40.0000", "0.0000"],
        ["B", "hazard went", "h3", "-50.0000", "0.0000"],
        ["B", "not explained by records", "", "0.0000", "0.0000"],
        ["", "difference", "", "0.0000", "0.0000"],
        ["", "not explained by records", "", "0.0000", "0.0000"],
        ["*", "difference", "", "-149.9999", "60.0000"],
        ["*", "not explained by records", "", "0.0001", "0.0000"],
    ];
    assert_eq!(rows(&comparison), wanted.map(|row| row.map(str::to_owned)));
    assert!(comparison.moves().csv().contains(",'=r1,"));
    assert_eq!(comparison.boundaries().rows.len(), 2);
    let settings = comparison.settings().csv();
    assert_eq!(settings, "setting,old,new\ndates,,ignore\n");
    let json: serde_json::Value = serde_json::from_str(&comparison.json()).expect("JSON");
    assert_eq!(json["moves"][1]["cause"], "boundary");
    assert_eq!(json["moves"][1]["remaining_m2"], -40.0);
}

#[test]
fn a_folder_and_itself_are_the_same() {
    let (old, _) = scene();
    let same = compare(old.path(), old.path()).expect("two folders");
    assert!(same.moves.is_empty() && same.settings().rows.is_empty() && same.boundaries().rows.is_empty());
    assert!(same.causes().rows.iter().all(|row| row[4] == Entry::Number("0.0000".to_owned())));
}

#[test]
fn records_of_one_name_are_paired_by_what_they_are() {
    let (old, new) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let record = |id: &str, area: &str, date: &str| format!("h,f,1,{id},hazard,suspected,{date},used,true,,{area}\n");
    let districts = "A,Aa,9.0000,3.0000,0.0000\n";
    let (one, two) = (record("x", "1.0000", "2020-01-01"), record("x", "2.0000", "2020-01-02"));
    write(
        old.path(),
        "",
        districts,
        &format!("{one}{two}"),
        "1,A,m1,1.0000,1.0000,0.0000\n2,A,m2,2.0000,2.0000,0.0000\n",
    );
    write(
        new.path(),
        "",
        districts,
        &format!("{two}{one}"),
        "1,A,m2,2.0000,2.0000,0.0000\n2,A,m1,1.0000,1.0000,0.0000\n",
    );
    let comparison = compare(old.path(), new.path()).expect("two folders");
    assert!(comparison.moves.is_empty(), "{:?}", comparison.moves);
}

#[test]
fn a_row_of_hashtags_is_no_record() {
    let (old, new) = scene();
    let plain = compare(old.path(), new.path()).expect("two folders");
    for folder in [old.path(), new.path()] {
        for name in ["districts.csv", "records.csv", "records-by-district.csv"] {
            let text = fs::read_to_string(folder.join(name)).expect("a file");
            let (header, rest) = text.split_once('\n').expect("a header");
            // Not every column has a hashtag.
            let tags = format!("#adm2+code{}", ",".repeat(header.matches(',').count() - 1)) + ",#indicator";
            fs::write(folder.join(name), format!("{header}\n{tags}\n{rest}")).expect("a file");
        }
    }
    let tagged = compare(old.path(), new.path()).expect("two folders with hashtags");
    assert_eq!(rows(&tagged), rows(&plain));
}

#[test]
fn a_folder_for_the_public_says_so() {
    let (old, new) = scene();
    let said = |settings: &str, version: &str| {
        write(old.path(), settings, "", "", "");
        let name = old.path().join("summary.json");
        let summary = fs::read_to_string(&name).expect("a file").replace("0.0.9", version);
        fs::write(&name, summary).expect("a file");
        fs::remove_file(old.path().join("records.csv")).expect("a file");
        compare(old.path(), new.path()).expect_err("refused").to_string()
    };
    let public = said("\"public\":true,", "0.0.9");
    assert!(public.contains("with --public, which leaves out records") && !public.contains("0.0.9"), "{public}");
    assert!(said("\"public\":false,", "0.0.9").contains("written by remnant 0.0.9"));
    assert!(!said("", env!("CARGO_PKG_VERSION")).contains("written by"));
}

#[test]
fn a_date_is_no_change_where_one_run_left_dates_aside() {
    let (old, new) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let record = |date: &str| format!("h,f,1,x,hazard,suspected,{date},used,true,,3.0000\n");
    let (districts, shares) = ("A,Aa,9.0000,3.0000,0.0000\n", "1,A,m1,3.0000,3.0000,0.0000\n");
    write(old.path(), "\"settings\":{\"dates\":\"replay\"},", districts, &record("2020-01-01"), shares);
    let causes = |dates: &str| {
        write(new.path(), &format!("\"settings\":{{\"dates\":\"{dates}\"}},"), districts, &record(""), shares);
        let comparison = compare(old.path(), new.path()).expect("two folders");
        comparison.moves.iter().map(|one| one.cause.clone()).collect::<Vec<_>>()
    };
    assert_eq!(causes("replay"), ["hazard changed"]);
    assert!(causes("ignore").is_empty());
}

#[test]
fn what_is_no_folder_of_ours_is_refused() {
    let (old, new) = scene();
    let said = |path: &Path| compare(path, new.path()).expect_err("refused").to_string();
    assert!(said(Path::new("no/such/folder")).contains("no folder"));
    let file = |name: &str| old.path().join(name);
    let damage = |name: &str, content: &[u8], part: &str| {
        let kept = fs::read(file(name)).expect("a file");
        fs::write(file(name), content).expect("a file");
        let told = said(old.path());
        assert!(told.contains(part), "{name}: {told}");
        fs::write(file(name), kept).expect("a file");
    };
    damage("summary.json", b"{", "EOF");
    damage("summary.json", b"{\"program\":{\"name\":\"other\",\"version\":\"1\"}}", "another program");
    damage("districts.csv", b"code,name\n", "no column `area_m2`");
    damage("districts.csv", b"code,name,area_m2,remaining_m2,released_m2\nA,a,1,1,1\n", "four decimals");
    damage("districts.csv", b"code,name,area_m2,remaining_m2,released_m2\nA,a,1.0000\n", "fields");
    damage("records-by-district.csv", format!("{SHARES}1,A,a,200.0000,200.0000,0.0000\n").as_bytes(), "do not add up");
    damage("records-by-district.csv", format!("{SHARES}9,A,a,1.0000,1.0000,0.0000\n").as_bytes(), "no such row");
    damage("records-by-district.csv", format!("{SHARES}0,A,a,1.0000,1.0000,0.0000\n").as_bytes(), "no such row");
    damage("records-by-district.csv", format!("{SHARES}1,Z,a,1.0000,1.0000,0.0000\n").as_bytes(), "no district `Z`");
    damage("records-by-district.csv", format!("{SHARES}1,A,a,1.0000,inf,0.0000\n").as_bytes(), "four decimals");
    damage("records-by-district.csv", b"\xff\xfe\x00", "utf-8");
    fs::remove_file(file("records-by-district.csv")).expect("a file");
    let told = said(old.path());
    assert!(told.contains("no records-by-district.csv") && told.contains("0.0.9"), "{told}");
    fs::remove_file(file("summary.json")).expect("a file");
    assert!(said(old.path()).contains("not the output of a run"));
}
