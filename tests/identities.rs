//! What must add up in every account, as it is printed.

use crate::output::{Output, STATES, cm2, sum};

/// The states of released land.
pub const RELEASED: [&str; 3] = ["cancelled_m2", "reduced_m2", "cleared_m2"];
/// The flows of a period.
pub const FLOWS: [&str; 5] = ["newly_recorded_m2", "recontaminated_m2", "cancelled_m2", "reduced_m2", "cleared_m2"];

/// The identities of `accounting.md` on the decimals as they are printed.
#[track_caller]
pub fn assert_identities(output: &Output, why: &str) {
    let districts = output.rows("districts.csv");
    for row in &districts {
        assert_eq!(cm2(&row["remaining_m2"]), sum(row, &STATES[..2]), "{why}: remaining of {row:?}");
        assert_eq!(cm2(&row["released_m2"]), sum(row, &RELEASED), "{why}: released of {row:?}");
        assert_eq!(cm2(&row["baseline_m2"]), sum(row, &STATES), "{why}: baseline of {row:?}");
        assert!(STATES.iter().all(|state| cm2(&row[*state]) >= 0), "{why}: {row:?}");
    }
    let summary = output.json("summary.json");
    for (name, total) in summary["total"].as_object().expect("figures") {
        if name.ends_with("_m2") {
            let parts: i64 = districts.iter().map(|row| cm2(&row[name])).sum();
            // serde_json keeps what is printed only as a float: to the cm2 as long as land is below 9e11 m2.
            let total = (total.as_f64().expect("a number") * 1e4).round() as i64;
            assert_eq!(parts, total, "{why}: the districts and the land outside do not add up to the total {name}");
        }
    }
    let balance = output.rows("balance.csv");
    for row in &balance {
        let flows = sum(row, &FLOWS[..2]) - sum(row, &RELEASED);
        assert_eq!(cm2(&row["closing_m2"]), cm2(&row["opening_m2"]) + flows, "{why}: balance {row:?}");
    }
    for (row, closing) in districts.iter().zip(&balance) {
        assert_eq!(row["code"], closing["code"]);
        assert_eq!(row["remaining_m2"], closing["closing_m2"], "{why}: {row:?}");
    }
    for check in summary["checks"].as_array().expect("checks") {
        assert!(check["holds"] == true, "{why}: {check}");
    }
    for input in summary["inputs"].as_array().expect("inputs") {
        let count = |name: &str| input[name].as_u64().expect("a count");
        assert_eq!(count("records"), count("used") + count("repaired") + count("set_aside"), "{why}: {input}");
    }
}
