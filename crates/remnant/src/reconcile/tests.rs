//! The verdicts on the published series of the national example, and on tables that are wrong by design.

use std::collections::BTreeMap;
use std::path::Path;

use super::published::parse;
use super::{Outcome, Verdict, verdicts};

const SERIES: &str = include_str!("../../../../fixtures/azerbaijan/published.csv");

fn of(table: &str) -> Vec<Verdict> {
    verdicts(&parse(table.as_bytes(), Path::new("published.csv")).expect("a table"), &[])
}

/// What is found among published figures alone.
fn found(table: &str) -> BTreeMap<(String, &'static str), Outcome> {
    of(table).into_iter().filter(|v| v.check != "computed").map(|v| ((v.id, v.check), v.outcome)).collect()
}

/// Every check of the series and how it comes out; what is not named is not checked.
const EXPECTED: &[(&str, &str, Outcome)] = &[
    ("territory-2023-11", "denominator", Outcome::Unchecked),
    ("territory-2024", "denominator", Outcome::Unchecked),
    ("share-14.2", "share", Outcome::Differs),
    ("share-15.4", "share", Outcome::Agrees),
    ("share-mines", "share", Outcome::Agrees),
    ("erw-2024", "none", Outcome::Unchecked),
    ("purpose-2023-11", "parts", Outcome::Differs),
    ("share-ministry", "share", Outcome::Differs),
    ("released-2025", "parts", Outcome::Agrees),
    ("released-to-2025", "series", Outcome::Agrees),
    ("cluster-2025-07", "parts", Outcome::Differs),
    ("three-districts-2025-09", "bound", Outcome::Differs),
    ("three-districts-part", "same", Outcome::Differs),
];

#[test]
fn the_published_series_is_judged_figure_by_figure() {
    let mut wanted: BTreeMap<_, _> = EXPECTED.iter().map(|(id, check, o)| (((*id).to_owned(), *check), *o)).collect();
    // Without records there is nothing computed; what that leaves alone is told by the `computed` check instead.
    wanted.remove(&("erw-2024".to_owned(), "none"));
    assert_eq!(found(SERIES), wanted);
}

#[test]
fn what_is_wrong_is_said_with_the_right_figure() {
    let verdicts = of(SERIES);
    let verdict = |id: &str, check: &str| {
        verdicts.iter().find(|v| v.id == id && v.check == check).unwrap_or_else(|| panic!("{id} {check}"))
    };
    for (id, check, against, difference) in [
        ("share-14.2", "share", "14.73 %", "-0.533656"),
        ("share-15.4", "share", "15.41 %", "-0.010285"),
        ("share-mines", "share", "3.76 %", "0.036"),
        ("share-ministry", "share", "18.4 %", "3.591704"),
        ("purpose-2023-11", "parts", "106,937.3 ha", "0.8"),
        ("cluster-2025-07", "parts", "665", "-3"),
        ("released-2025", "parts", "69,205.7 ha", "-5.7"),
        ("released-to-2025", "series", "248,991.8 ha", "8.2"),
        ("three-districts-part", "same", "228,690 ha", "-144543"),
    ] {
        let found = verdict(id, check);
        assert_eq!((found.against.as_str(), found.difference.as_str()), (against, difference), "{id}: {found:?}");
    }
    let moved = verdict("territory-2024", "denominator");
    assert!(moved.why.contains("179,791.8 ha is 20.0 % of the one and 15.4 % of the other"), "{}", moved.why);
    let bound = verdict("three-districts-2025-09", "bound");
    assert!(bound.why.contains("the whole country had 249,000 ha by then"), "{}", bound.why);
}

#[test]
fn a_right_figure_that_is_changed_is_found_wrong() {
    for (from, to, id, check) in [
        (",15.4,%", ",15.5,%", "share-15.4", "share"),
        (",15.4,%", ",15.3,%", "share-15.4", "share"),
        ("2024-12-31,11667,km2", "2024-12-31,11767,km2", "share-15.4", "share"),
        (",179791.8,ha", ",180991.8,ha", "share-15.4", "share"),
        (",179791.8,ha", ",177791.8,ha", "released-to-2025", "series"),
        (",3.8,%", ",4.0,%", "share-mines", "share"),
        (",1.5,million", ",1.6,million", "share-mines", "share"),
        ("2025,69200,ha", "2025,69300,ha", "released-2025", "parts"),
        ("2025,9110.4,ha", "2025,9211.4,ha", "released-2025", "parts"),
        ("2025-12-31,249000,ha", "2025-12-31,250000,ha", "released-to-2025", "series"),
    ] {
        assert_eq!(SERIES.matches(from).count(), 1, "{from}");
        let key = (id.to_owned(), check);
        assert_eq!(found(SERIES).get(&key), Some(&Outcome::Agrees), "{id}");
        assert_eq!(found(&SERIES.replace(from, to)).get(&key), Some(&Outcome::Differs), "{from} -> {to}");
    }
    // And what is wrong is right once it is put right.
    for (from, to, id, check) in [
        (",14.2,%", ",14.7,%", "share-14.2", "share"),
        ("2023-11-30,9000,km2", "2023-11-30,8000,km2", "territory-2023-11", "denominator"),
        (",662,", ",665,", "cluster-2025-07", "parts"),
        (",22,%", ",18.4,%", "share-ministry", "share"),
        (",106938.1,ha", ",106937.3,ha", "purpose-2023-11", "parts"),
    ] {
        assert_eq!(SERIES.matches(from).count(), 1, "{from}");
        assert_eq!(found(&SERIES.replace(from, to)).get(&(id.to_owned(), check)), Some(&Outcome::Agrees), "{id}");
    }
    let mended = SERIES.replace("AZ-CAB+AZ-QBI+AZ-ZAN,2025-09-30,228690", ",2025-09-30,228690");
    let wrong =
        |(key, outcome): (&(String, &str), &Outcome)| *outcome == Outcome::Differs && key.0.starts_with("three");
    assert!(!found(&mended).iter().any(wrong));
}

#[test]
fn rounding_is_that_of_every_figure_in_a_check() {
    let share = |value: &str, part: &str, whole: &str| {
        let table =
            format!("id,what,value,unit,numerator,denominator\ns,s,{value},%,p,w\np,p,{part},ha,,\nw,w,{whole},ha,,\n");
        found(&table)[&("s".to_owned(), "share")]
    };
    // 1 to 2 of 3 to 4 is 33.3 to 50 %, wherever in their rounding the figures lie.
    assert_eq!(share("50", "1", "3"), Outcome::Agrees);
    assert_eq!(share("12.5", "1", "3"), Outcome::Differs);
    assert_eq!(share("33.3", "1.0000", "3.0000"), Outcome::Agrees);
    assert_eq!(share("33.4", "1.0000", "3.0000"), Outcome::Differs);
    assert_eq!(share("100", "0", "0"), Outcome::Unchecked);
    let parts = |whole: &str| {
        let table = format!("id,what,value,unit,part_of\nw,w,{whole},ha,\na,a,0.5,ha,w\nb,b,5000,m2,w\n");
        found(&table)[&("w".to_owned(), "parts")]
    };
    assert_eq!((parts("1.0"), parts("1.1"), parts("1.2")), (Outcome::Agrees, Outcome::Agrees, Outcome::Differs));
}

#[test]
fn districts_beyond_the_country_are_found() {
    let table = |country: &str| {
        format!(
            "id,what,where,when,value,unit\nc,released,,2024,{country},ha\na,released,A,2024,6,ha\nb,released,B,2024,7,ha\n"
        )
    };
    let key = ("c".to_owned(), "districts");
    assert_eq!(found(&table("10"))[&key], Outcome::Differs);
    assert_eq!(found(&table("20"))[&key], Outcome::Unchecked);
}

#[test]
fn released_land_that_may_be_contaminated_again_is_not_found_wrong() {
    let outcome = |what: &str, value: &str| {
        let table = format!(
            "id,what,when,value,unit\na,{what},2023-12-31,10,ha\nb,{what},2024,5,ha\nc,{what},2024-12-31,{value},ha\n"
        );
        found(&table)[&("c".to_owned(), "series")]
    };
    for what in ["released", "cleared", "reduced", "cancelled"] {
        assert_eq!(outcome(what, "12"), Outcome::Unchecked, "{what}");
        assert_eq!(outcome(what, "15"), Outcome::Agrees, "{what}");
        assert_eq!(outcome(what, "18"), Outcome::Differs, "{what}");
    }
    assert_eq!(outcome("baseline", "12"), Outcome::Differs);
}

#[test]
fn records_on_a_border_count_in_each_district() {
    let table = |what: &str, part_of: &str| {
        format!(
            "id,what,where,when,value,part_of\nc,{what},,2024-12-31,10,\na,{what},A,2024-12-31,6,{part_of}\nb,{what},B,2024-12-31,6,{part_of}\n"
        )
    };
    let key = |check| ("c".to_owned(), check);
    assert_eq!(found(&table("killed", ""))[&key("districts")], Outcome::Differs);
    assert_eq!(found(&table("hazards", "")).get(&key("districts")), None);
    assert_eq!(found(&table("killed", "c"))[&key("parts")], Outcome::Differs);
    assert_eq!(found(&table("hazards", "c"))[&key("parts")], Outcome::Unchecked);
}

#[test]
fn a_table_that_can_t_be_understood_says_where() {
    for (table, parts) in [
        ("id,what\na,b\n", ["column `value` is missing", ""]),
        ("id,what,value,whre\na,b,1,c\n", ["no column `whre`", ""]),
        ("id,what,value,value\na,b,1,1\n", ["stands twice", ""]),
        ("id,what,value\n,b,1\n", ["feature 1, field id", "empty"]),
        ("id,what,value\na,b,1\na,c,2\n", ["feature 2, field id", "stands twice"]),
        ("id,what,value,unit\na,b,\"1,000\",ha\n", ["field value", "separators of thousands"]),
        ("id,what,value,unit\na,b,1,acre\n", ["field unit", "acre"]),
        ("id,what,value,when\na,b,1,2024-13\n", ["field when", "2024-13"]),
        ("id,what,value,when\na,b,1,2024-12-31/2024-12-31\n", ["field when", "2024-12-31"]),
        ("id,what,value,part_of\na,b,1,z\n", ["field part_of", "`z`"]),
        ("id,what,value,part_of\na,b,1,a\n", ["field part_of", "itself"]),
        ("id,what,value,unit,part_of\na,b,1,ha,\nc,d,1,,a\n", ["feature 2, field part_of", "different things"]),
        ("id,what,value,unit,numerator,denominator\na,b,1,%,a,\n", ["field numerator", "denominator"]),
        ("id,what,value,unit,numerator,denominator\na,b,1,ha,a,a\n", ["field unit", "share"]),
        ("id,what,value,computed\na,b,1,maybe\n", ["field computed", "maybe"]),
        ("id,what,value\na,b\n", ["feature 1", "field"]),
        ("id,what,value\na,\u{0},1\nb,,2\n", ["feature 2, field what", "empty"]),
    ] {
        let said = parse(table.as_bytes(), Path::new("p.csv")).expect_err(table).to_string();
        assert!(said.contains("p.csv") && parts.iter().all(|part| said.contains(part)), "{table}: {said}");
    }
    let many: String = (0..5_001).map(|n| format!("{n},b,1\n")).collect();
    assert!(parse(format!("id,what,value\n{many}").as_bytes(), Path::new("p.csv")).is_err());
    assert!(parse(b"id,what,value\na,\xff,1\n", Path::new("p.csv")).is_err());
}
