//! What must not change, or must add up, when the input is changed in a known way.

use std::ops::Range;

use serde_json::json;

use crate::call::Place;
use crate::output::{Output, Row, STATES, assert_close, cm2, sum};
use crate::scenario::{DEGREE, Dice, Feature, LAND, Position, Scenario, collection, rectangle};
use crate::seed;

/// Surveys on which each law is tried.
fn seeds() -> Range<u64> {
    seed::of(1..3)
}

/// Outputs in which no number of a feature stands.
const WITHOUT_NUMBERS: [&str; 5] =
    ["districts.csv", "districts.geojson", "balance.csv", "remaining.geojson", "released.geojson"];

fn surveys() -> impl Iterator<Item = Scenario> {
    seeds().map(Scenario::new)
}

/// A column of every district, by code.
fn areas(output: &Output, column: &str) -> Vec<(String, i64)> {
    output.rows("districts.csv").iter().map(|row| (row["code"].clone(), cm2(&row[column]))).collect()
}

#[track_caller]
fn assert_same_land(a: &Output, b: &Output, why: &str) {
    for state in STATES {
        assert_eq!(areas(a, state), areas(b, state), "{why}: {state}");
    }
}

#[track_caller]
fn assert_close_land(a: &Output, b: &Output, why: &str) {
    for column in STATES.iter().chain(&["area_m2", "release_outside_hazard_m2", "repeated_release_m2"]) {
        for ((code, a), (_, b)) in areas(a, column).into_iter().zip(areas(b, column)) {
            assert_close(a, b, &format!("{why}: {column} of {code:?}"));
        }
    }
}

/// Rows of records.csv without the features' places in their files, sorted.
fn records(output: &Output) -> Vec<Row> {
    let mut rows = output.rows("records.csv");
    for row in &mut rows {
        for name in ["feature", "layer", "file"] {
            row.remove(name);
        }
    }
    rows.sort();
    rows
}

#[test]
fn the_order_of_features_and_files_changes_nothing() {
    for survey in surveys() {
        let plain = survey.account(&[]);
        let (mut dice, mut shuffled) = (Dice(7), survey.clone());
        for (name, features) in shuffled.layers() {
            // Zones stand in the outputs in the order of their layer.
            if name != "zones" {
                dice.shuffle(features);
            }
        }
        let other = shuffled.account(&[]);
        plain.assert_same_files(&other, &WITHOUT_NUMBERS, "order of features");
        plain.assert_same_files(&other, &["zones.csv", "zones.geojson"], "order of features");
        assert_eq!(records(&plain), records(&other));

        let place = Place::new();
        let mut arguments = survey.write(&place);
        let (first, second) = survey.hazards.split_at(9);
        place.write("a.geojson", collection(second)).write("b.geojson", collection(first));
        arguments.splice(1..2, ["a.geojson".to_owned(), "b.geojson".to_owned()]);
        arguments.extend(["-o".to_owned(), "out".to_owned()]);
        place.run(&arguments).with(0);
        let split = place.output("out");
        plain.assert_same_files(&split, &WITHOUT_NUMBERS, "order of files");
        assert_eq!(records(&plain), records(&split));
    }
}

#[test]
fn where_a_ring_begins_and_which_way_it_runs_changes_nothing() {
    for survey in surveys() {
        let plain = survey.account(&[]);
        type Change = fn(&mut Vec<Position>);
        let changes: [(&str, Change); 3] = [
            ("rotated rings", |ring| ring.rotate_left(1)),
            ("reversed rings", |ring| ring.reverse()),
            ("repeated vertices", |ring| *ring = ring.iter().flat_map(|&p| [p, p]).collect()),
        ];
        for (why, change) in changes {
            let mut other = survey.clone();
            for (_, features) in other.layers() {
                features.iter_mut().flat_map(|f| &mut f.rings).filter(|ring| ring.len() > 2).for_each(change);
            }
            plain.assert_same(&other.account(&[]), why);
        }
    }
}

/// Land with a border more and without, in square centimetres.
#[track_caller]
fn assert_bent(a: i64, b: i64, why: &str) {
    // The new border bends what crosses it by less than the grid: 0.1 mm along some kilometres.
    assert!((a - b).abs() <= 1_000, "{why}: {a} and {b} cm2");
}

/// A ring with a vertex in the middle of every edge, as far as the middle is a whole position.
fn with_middles(ring: &[Position], wanted: fn(Position) -> bool) -> Vec<Position> {
    let next = ring.iter().cycle().skip(1);
    let middle = |a: Position, b: Position| {
        let way = [b[0] - a[0], b[1] - a[1]];
        let whole = way.iter().all(|d| d % 2 == 0) && wanted(way);
        whole.then_some([a[0] + way[0] / 2, a[1] + way[1] / 2])
    };
    ring.iter().zip(next).flat_map(|(&a, &b)| [Some(a), middle(a, b)]).flatten().collect()
}

#[test]
fn a_vertex_on_an_edge_changes_nothing() {
    for survey in surveys() {
        let plain = survey.account(&[]);
        let along_the_axes = |way: Position| way[0] == 0 || way[1] == 0;
        let mut exact = survey.clone();
        exact.records().flat_map(|f| &mut f.rings).for_each(|ring| *ring = with_middles(ring, along_the_axes));
        let exact = exact.account(&[]);
        plain.assert_same_files(
            &exact,
            &["districts.csv", "balance.csv", "records.csv", "zones.csv"],
            "straight edges",
        );
        let mut close = survey.clone();
        close.records().flat_map(|f| &mut f.rings).for_each(|ring| *ring = with_middles(ring, |_| true));
        assert_close_land(&plain, &close.account(&[]), "sloping edges");
    }
}

#[test]
fn a_hazard_in_two_parts_is_the_same_land() {
    for mut survey in surveys() {
        let plain = survey.account(&[]);
        for number in (0..survey.hazards.len()).step_by(2) {
            let whole = &mut survey.hazards[number];
            let [[west, south], _, [east, north], _] = whole.rings[0][..] else { panic!("a rectangle") };
            let middle = (west + east) / 2;
            let mut rest = whole.clone();
            whole.rings = vec![rectangle([west, south, middle, north])];
            rest.rings = vec![rectangle([middle, south, east, north])];
            rest.set("id", format!("{} rest", whole.properties["id"]));
            survey.hazards.push(rest);
        }
        let parts = survey.account(&[]);
        for state in STATES {
            for ((code, a), (_, b)) in areas(&plain, state).into_iter().zip(areas(&parts, state)) {
                assert_bent(a, b, &format!("{state} of {code:?}"));
            }
        }
    }
}

#[test]
fn the_parts_of_a_district_add_up_to_it() {
    for mut survey in surveys() {
        let whole = survey.account(&[]);
        let [[west, south], _, [east, north], _] = survey.districts[0].rings[0][..] else { panic!("a rectangle") };
        let middle = west + (east - west) / 3;
        survey.districts[0].rings = vec![rectangle([west, south, middle, north])];
        let rest = rectangle([middle, south, east, north]);
        survey.districts.push(Feature::new(json!({"code": "D9", "name": "Rest"}), rest));
        let parts = survey.account(&[]);
        for state in STATES.iter().chain(&["area_m2", "release_outside_hazard_m2", "repeated_release_m2"]) {
            let sum = cm2(&parts.district("D0")[*state]) + cm2(&parts.district("D9")[*state]);
            assert_bent(sum, cm2(&whole.district("D0")[*state]), state);
        }
    }
}

#[test]
fn land_is_as_large_at_another_longitude() {
    for survey in surveys() {
        let plain = survey.account(&[]);
        // The second shift lays the land across the antimeridian.
        for shift in [8 * DEGREE, 180 * DEGREE - (LAND[0] + LAND[2]) / 2] {
            let mut other = survey.clone();
            for (_, features) in other.layers() {
                features.iter_mut().flat_map(|f| f.rings.iter_mut().flatten()).for_each(|p| p[0] += shift);
            }
            let other = other.account(&[]);
            assert_close_land(&plain, &other, "another longitude");
            let fates = |output: &Output| records(output).iter().map(|row| row["fate"].clone()).collect::<Vec<_>>();
            assert_eq!(fates(&plain), fates(&other));
        }
    }
}

#[test]
fn a_copy_of_a_record_changes_no_land() {
    for survey in surveys() {
        let plain = survey.account(&[]);
        let mut copied = survey.clone();
        copied.hazards.extend_from_slice(&survey.hazards[..9]);
        assert_same_land(&plain, &copied.account(&[]), "copies of hazards");
        copied.releases.extend_from_slice(&survey.releases);
        let copied = copied.account(&[]);
        assert_same_land(&plain, &copied, "copies of releases");
        assert_eq!(areas(&plain, "release_outside_hazard_m2"), areas(&copied, "release_outside_hazard_m2"));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let survey = Scenario::sized(3, 300, 250);
    let one = survey.account(&["--threads", "1"]);
    one.assert_same(&survey.account(&["--threads", "7"]), "threads");
    one.assert_same(&survey.account(&[]), "all cores");
}

#[test]
fn the_memory_that_there_is_changes_nothing() {
    let mut survey = Scenario::sized(4, 600, 400);
    // Too far for a shelf, and too many corners for one: these stay where they are.
    survey.hazards.push(Feature::new(json!({"id": "wide", "class": "suspected"}), rectangle(LAND)));
    let plain = survey.account(&["--faces"]);
    for memory in ["1B", "400KiB", "100GiB"] {
        plain.assert_same(&survey.account(&["--faces", "--memory", memory]), memory);
    }
}

#[test]
fn a_far_hazard_changes_nothing_here() {
    for mut survey in surveys() {
        let plain = survey.account(&[]);
        let far = rectangle([-7_000_000, -3_300_000, -6_990_000, -3_290_000]);
        survey.hazards.push(Feature::new(json!({"id": "far", "class": "confirmed"}), far));
        let other = survey.account(&[]);
        let own = |output: &Output| {
            let mut rows = output.rows("districts.csv");
            rows.retain(|row| !row["code"].is_empty());
            rows
        };
        assert_eq!(own(&plain), own(&other));
        plain.assert_same_files(&other, &["zones.csv"], "a far hazard");
    }
}

#[test]
fn more_releases_never_leave_more_and_more_hazards_never_less() {
    let remaining = |row: &Row| sum(row, &STATES[..2]);
    let baseline = |row: &Row| sum(row, &STATES);
    // A new border moves crossings by less than the grid, so the land by less than a square metre.
    let slack = 10_000;
    for (seed, survey) in seeds().zip(surveys()) {
        let other = Scenario::new(seed + 100);
        for options in [&[][..], &["--dates", "ignore"], &["--outside", "baseline"]] {
            let plain = survey.account(options).rows("districts.csv");
            let (mut released, mut recorded) = (survey.clone(), survey.clone());
            for (number, mut release) in other.releases.iter().take(8).cloned().enumerate() {
                release.set("id", format!("new {number}"));
                released.releases.push(release);
            }
            for (number, mut hazard) in other.hazards.iter().take(8).cloned().enumerate() {
                hazard.set("id", format!("new {number}"));
                recorded.hazards.push(hazard);
            }
            for (before, after) in plain.iter().zip(released.account(options).rows("districts.csv")) {
                assert!(remaining(&after) <= remaining(before) + slack, "{options:?} {before:?} {after:?}");
            }
            for (before, after) in plain.iter().zip(recorded.account(options).rows("districts.csv")) {
                assert!(baseline(&after) + slack >= baseline(before), "{options:?} {before:?} {after:?}");
            }
        }
    }
}
