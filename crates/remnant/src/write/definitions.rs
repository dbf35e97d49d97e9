//! What every column of every table means, and in which unit it is: the words under the columns of tables.xlsx.
//!
//! A column is looked up under its table first and then among those that mean the same everywhere. A test asks for
//! every column of every table, so a new column needs its line here.

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Definition {
    /// The table that it belongs to; empty where the column means the same in all of them.
    table: &'static str,
    /// The column.
    column: &'static str,
    /// The unit, or the form of the values.
    pub(super) unit: &'static str,
    /// The meaning, in a sentence.
    pub(super) meaning: &'static str,
}

const fn line(table: &'static str, column: &'static str, unit: &'static str, meaning: &'static str) -> Definition {
    Definition { table, column, unit, meaning }
}

/// The line of a column of a table. Tables whose names begin alike up to a dash (`treaty-ccm`) share their lines.
pub(super) fn definition(table: &str, column: &str) -> Option<&'static Definition> {
    let of = |table: &str| DEFINITIONS.iter().find(|d| d.table == table && d.column == column);
    of(table).or_else(|| of(family(table))).or_else(|| of(""))
}

fn family(table: &str) -> &str {
    table.split_once('-').map_or(table, |(family, _)| family)
}

/// The unit of shares: a number from 0 to 1.
pub(super) const SHARE: &str = "share (1 is all)";

const M2: &str = "m2";
const NUMBER: &str = "number";
const TEXT: &str = "text";
const DATE: &str = "date";

#[rustfmt::skip]
const DEFINITIONS: &[Definition] = &[
    // The same everywhere.
    line("", "code", TEXT, "Code of the district; empty for the land outside all districts, * for everything"),
    line("", "name", TEXT, "Name"),
    line("", "id", TEXT, "Id of the record as its source has it; the feature's number where it has none"),
    line("", "layer", TEXT, "Layer from which the record was read"),
    line("", "file", TEXT, "File from which the record was read"),
    line("", "feature", NUMBER, "Number of the feature in its file, from 1"),
    line("", "area_m2", M2, "Own area"),
    line("", "baseline_m2", M2, "All land that was ever contaminated by the date of the account: remaining, cancelled, reduced and cleared"),
    line("", "suspected_m2", M2, "Land that is contaminated by indirect evidence only (suspected hazardous area)"),
    line("", "confirmed_m2", M2, "Land that is contaminated by direct evidence (confirmed hazardous area)"),
    line("", "remaining_m2", M2, "Land that is still contaminated: suspected and confirmed"),
    line("", "cancelled_m2", M2, "Land that is released by non-technical survey at the date of the account"),
    line("", "reduced_m2", M2, "Land that is released by technical survey at the date of the account"),
    line("", "cleared_m2", M2, "Land that is released by clearance at the date of the account"),
    line("", "released_m2", M2, "Land that is released at the date of the account: cancelled, reduced and cleared"),
    line("", "released_share", SHARE, "Released land as a share of the baseline; empty where there is no baseline"),
    line("", "release_outside_hazard_m2", M2, "Ground of releases where no hazard was recorded, each square metre once"),
    line("", "repeated_release_m2", M2, "Ground that was released already when a release covered it, each square metre once"),
    line("", "hazards", NUMBER, "Hazards that are live on at least 1 m2 of contaminated land"),
    line("", "releases", NUMBER, "Releases with effect by the date of the account that cover at least 1 m2"),
    line("", "evidence_points", NUMBER, "Hazards given as points without an area that no later release covers"),
    line("", "ap_mines", NUMBER, "Anti-personnel mines found by releases with effect"),
    line("", "av_mines", NUMBER, "Anti-vehicle mines found by releases with effect"),
    line("", "erw", NUMBER, "Explosive remnants of war found by releases with effect"),
    line("", "uxo", NUMBER, "Unexploded ordnance found by releases with effect"),
    line("", "submunitions", NUMBER, "Cluster submunitions found by releases with effect"),
    line("", "ied", NUMBER, "Improvised explosive devices found by releases with effect"),
    line("", "incidents", NUMBER, "Incidents by the date of the account"),
    line("", "killed", NUMBER, "People killed in incidents by the date of the account"),
    line("", "injured", NUMBER, "People injured in incidents by the date of the account"),
    line("", "opening_m2", M2, "Contaminated land at the opening of the period"),
    line("", "newly_recorded_m2", M2, "Land that hazards recorded in the period and that had never been recorded"),
    line("", "recontaminated_m2", M2, "Released land that hazards recorded again in the period"),
    line("", "period_cancelled_m2", M2, "Contaminated land that was released by non-technical survey in the period"),
    line("", "period_reduced_m2", M2, "Contaminated land that was released by technical survey in the period"),
    line("", "period_cleared_m2", M2, "Contaminated land that was released by clearance in the period"),
    line("", "closing_m2", M2, "Contaminated land at the end of the period"),
    line("", "from", DATE, "Day at whose end the period begins; empty where it runs from the beginning"),
    line("", "to", DATE, "Last day of the period"),
    line("", "date", DATE, "Day on which a hazard was recorded, or a release completed; empty where it is not known"),
    line("", "kind", TEXT, "What the record is: hazard or release"),
    line("", "class", TEXT, "A hazard: suspected or confirmed; a release: cancelled, reduced or cleared"),
    line("", "fate", TEXT, "What became of the record: used, repaired (and used) or set-aside"),
    line("", "in_effect", "true or false", "Whether the record has effect by the date of the account"),
    // The flows of a period have the names of states, with another meaning.
    line("balance", "cancelled_m2", M2, "Contaminated land that was released by non-technical survey in the period"),
    line("balance", "reduced_m2", M2, "Contaminated land that was released by technical survey in the period"),
    line("balance", "cleared_m2", M2, "Contaminated land that was released by clearance in the period"),
    line("", "opening_records", NUMBER, "Hazards live on at least 1 m2 of contaminated land at the opening of the period"),
    line("", "newly_recorded_records", NUMBER, "Hazards that newly recorded at least 1 m2 in the period"),
    line("", "recontaminated_records", NUMBER, "Hazards that recorded at least 1 m2 of released land again in the period"),
    line("", "cancelled_records", NUMBER, "Cancellations credited with at least 1 m2 in the period"),
    line("", "reduced_records", NUMBER, "Reductions credited with at least 1 m2 in the period"),
    line("", "cleared_records", NUMBER, "Clearances credited with at least 1 m2 in the period"),
    line("", "closing_records", NUMBER, "Hazards live on at least 1 m2 of contaminated land at the end of the period"),
    line("districts", "area_m2", M2, "The district's own area, overlaps with other districts counted for the first code; outside all districts, the part that some record covers"),
    line("zones", "id", TEXT, "Id of the zone"),
    line("zones", "status", TEXT, "contaminated, near, unknown, released or no-record: what the records say. No word for land that needs no care exists"),
    line("zones", "reasons", "texts, parted by ;", "Why the zone has this status, the weightiest reason first"),
    line("zones", "contaminated_share", SHARE, "Contaminated land as a share of the zone's area; 0 only where nothing is contaminated"),
    line("zones", "hazards", NUMBER, "Hazards named in hazard_ids"),
    line("zones", "hazard_ids", "texts, parted by ;", "Ids of the hazards live on at least 1 m2 of contaminated land in the zone, and of open evidence points in it"),
    line("zones", "nearest_hazard_m", "m", "Geodesic distance from the zone to the nearest contaminated land; 0 inside; empty where nothing is contaminated"),
    line("zones", "nearest_hazard_id", TEXT, "Id of the hazard that is live on that land"),
    line("zones", "last_release", DATE, "Latest date of a release that is credited with land in the zone"),
    line("zones", "district", TEXT, "Code of the district that holds the largest part of the zone"),
    line("records", "stated_m2", M2, "Area that the source states"),
    line("records", "geometry_m2", M2, "Area of the record's geometry; empty for points and records set aside"),
    line("records", "credited_m2", M2, "A release: contaminated land that it released"),
    line("records", "repeated_m2", M2, "A release: land that was released already when it came"),
    line("records", "outside_m2", M2, "A release: land where no hazard was recorded"),
    line("records", "recorded_m2", M2, "A hazard: land that it recorded, newly or again"),
    line("records", "overlap_m2", M2, "A hazard: land that was contaminated already when it came"),
    line("records-by-district", "record", NUMBER, "Row of the record in records.csv, from 1"),
    line("records-by-district", "shape", TEXT, "A mark of the record's whole shape; another one where it was redrawn"),
    line("records-by-district", "covered_m2", M2, "Land of the district that the record covers, whatever its date"),
    line("records-by-district", "newly_recorded_m2", M2, "A hazard: land there that had never been recorded"),
    line("records-by-district", "recontaminated_m2", M2, "A hazard: released land there that it recorded again"),
    line("records-by-district", "credited_m2", M2, "A release: land there that it released"),
    line("records-by-district", "recorded_and_released_m2", M2, "A release: the part of credited_m2 that had never been recorded (with releases outside hazards counted as baseline)"),
    line("records-by-district", "repeated_m2", M2, "Land there on which the record changed nothing, or made suspected land confirmed"),
    line("records-by-district", "outside_m2", M2, "A release: land there outside any recorded hazard"),
    line("records-by-district", "to_remaining_m2", M2, "What the record adds to the remaining land of the district; negative for releases"),
    line("records-by-district", "to_released_m2", M2, "What the record adds to the released land of the district; negative for hazards on released land"),
    line("findings", "code", TEXT, "Kind of the defect"),
    line("findings", "severity", TEXT, "error (a record could not be understood or used), warning (a figure may hang on it) or info"),
    line("findings", "message", TEXT, "What was found, and what was done about it"),
    line("findings", "area_m2", M2, "Area that hangs on the finding, where it is known"),
    line("remaining", "class", TEXT, "suspected or confirmed"),
    line("remaining", "area_m2", M2, "Contaminated land of this class in this district"),
    line("released", "kind", TEXT, "cancelled, reduced or cleared"),
    line("released", "area_m2", M2, "Released land of this kind in this district"),
    line("series", "date", DATE, "Last day of the period; the states are those of its end"),
    line("series", "boundaries", DATE, "Day whose district boundaries all dates of the series stand on"),
    line("transitions", "from", TEXT, "State of the land at the opening of the period; none where nothing was recorded"),
    line("transitions", "to", TEXT, "State of the land at the end of the period"),
    line("transitions", "area_m2", M2, "Land that was in the one state and is in the other"),
    line("credit", "kind", TEXT, "cancelled, reduced or cleared; empty for releases that were set aside"),
    line("credit", "releases", NUMBER, "Releases with effect by the date of the account"),
    line("credit", "geometry_m2", M2, "Sum of the areas of their geometries"),
    line("credit", "credited_m2", M2, "Contaminated land that they released"),
    line("credit", "repeated_m2", M2, "Land that was released already when they came"),
    line("credit", "outside_m2", M2, "Land where no hazard was recorded"),
    line("credit", "stated_releases", NUMBER, "Those of which the source states an area"),
    line("credit", "stated_m2", M2, "Sum of the areas that the source states"),
    line("credit", "set_aside", NUMBER, "Releases that could not be used"),
    line("credit", "period_releases", NUMBER, "The same, of releases dated within the period"),
    line("zones", "people", NUMBER, "People who would return, where the layer says"),
    line("zones", "homes", NUMBER, "Homes, where the layer says"),
    line("zones", "status_if_hazards_larger", TEXT, "Status if every hazard were larger by its positional accuracy"),
    line("zones", "status_if_hazards_smaller", TEXT, "Status if every hazard were smaller by its positional accuracy"),
    line("zones", "stability", TEXT, "What the status hangs on; empty where the three are equal"),
    line("zones", "to_clear_m2", M2, "Contaminated land in the zone and within its safety distance: to be dealt with until its status changes"),
    line("zones", "to_clear_hazard_ids", "texts, parted by ;", "Hazards that this land belongs to"),
    line("zones", "to_clear_evidence_points", NUMBER, "Open evidence points in the zone and within its safety distance"),
    line("zones", "access", TEXT, "connected, cut-off or unknown: whether some road to the district's network crosses no contaminated land"),
    line("zones", "nearest_hazard_bearing_deg", "degrees", "Direction from the zone to the nearest contaminated land, clockwise from north"),
    line("exposure", "scope", TEXT, "Of what the row speaks: total, district, outside or zone"),
    line("exposure", "theme", TEXT, "What people use, as the project names it"),
    line("exposure", "features", NUMBER, "Features that lie in the place, at least in part"),
    line("exposure", "exposed_features", NUMBER, "Features that touch contaminated land there"),
    line("exposure", "length_m", "m", "Length of lines in the place"),
    line("exposure", "exposed_length_m", "m", "Length of lines on contaminated land there"),
    line("exposure", "area_m2", M2, "Area of polygons in the place, each square metre once"),
    line("exposure", "exposed_area_m2", M2, "Area of polygons on contaminated land there, each square metre once"),
    line("exposure", "district", TEXT, "Code of the zone's district"),
    line("plan", "rank", NUMBER, "Place in the order of work, from 1"),
    line("plan", "ranked", "true or false", "Whether the data allow a rank"),
    line("plan", "district", TEXT, "Code of the zone's district"),
    line("plan", "status", TEXT, "Status of the zone"),
    line("plan", "people", NUMBER, "People who would return"),
    line("plan", "homes", NUMBER, "Homes"),
    line("plan", "to_clear_m2", M2, "Land to be dealt with until the zone's status changes"),
    line("plan", "marginal_m2", M2, "The part of it that serves no zone before this one"),
    line("plan", "cumulative_m2", M2, "Land to be dealt with for this zone and all before it, each square metre once"),
    line("plan", "people_per_ha", "people per ha", "People per hectare of to_clear_m2"),
    line("plan", "people_per_marginal_ha", "people per ha", "People per hectare of marginal_m2"),
    line("plan", "evidence_points", NUMBER, "Open evidence points to be dealt with"),
    line("plan", "access", TEXT, "connected, cut-off or unknown"),
    line("plan", "score", "0 to 1", "Score by the criteria and their weights"),
    line("plan", "best_rank", NUMBER, "Best rank while the weights are varied"),
    line("plan", "worst_rank", NUMBER, "Worst rank while the weights are varied"),
    line("plan", "hazard_ids", "texts, parted by ;", "Hazards that the land belongs to"),
    line("plan", "why", TEXT, "Why it stands here"),
    line("", "operator", TEXT, "Who did the work, where the source says"),
    line("", "method", TEXT, "How the work was done, where the source says"),
    line("records", "task", TEXT, "Task that the release belongs to, where the source says"),
    line("", "within_task_m2", M2, "A release: land that another release of the same task had released, such as under its progress reports"),
    line("credit", "period_geometry_m2", M2, "Sum of the areas of the geometries of releases dated within the period"),
    line("credit", "period_credited_m2", M2, "Contaminated land that releases dated within the period released"),
    line("credit", "period_repeated_m2", M2, "Land that was released already when releases dated within the period came"),
    line("credit", "period_outside_m2", M2, "Land of releases dated within the period where no hazard was recorded"),
    line("credit", "period_within_task_m2", M2, "Land of releases dated within the period that another release of their task had released"),
    // The treaty reports: SHA is a suspected, CHA a confirmed hazardous area.
    line("treaty", "opening_cha", NUMBER, "Confirmed hazardous areas live on at least 1 m2 of contaminated land at the opening of the period"),
    line("treaty", "opening_cha_m2", M2, "Land that was confirmed as contaminated at the opening of the period"),
    line("treaty", "opening_sha", NUMBER, "Suspected hazardous areas live on at least 1 m2 of contaminated land at the opening of the period"),
    line("treaty", "opening_sha_m2", M2, "Land that was suspected, and not confirmed, at the opening of the period"),
    line("treaty", "newly_identified_cha", NUMBER, "Confirmed hazardous areas that newly recorded at least 1 m2 in the period"),
    line("treaty", "newly_identified_cha_m2", M2, "Land never recorded before that was recorded as confirmed in the period"),
    line("treaty", "newly_identified_sha", NUMBER, "Suspected hazardous areas that newly recorded at least 1 m2 in the period"),
    line("treaty", "newly_identified_sha_m2", M2, "Land never recorded before that was recorded as suspected in the period; with --outside baseline also land that releases recorded and released at the same moment"),
    line("treaty", "recontaminated_cha_m2", M2, "Released land that was recorded again as confirmed in the period"),
    line("treaty", "recontaminated_sha_m2", M2, "Released land that was recorded again as suspected in the period"),
    line("treaty", "confirmed_sha_m2", M2, "Suspected land that was confirmed in the period: it leaves the SHA and enters the CHA"),
    line("treaty", "cancelled", NUMBER, "Cancellations by non-technical survey credited with at least 1 m2 in the period"),
    line("treaty", "cancelled_m2", M2, "Contaminated land that was cancelled by non-technical survey in the period"),
    line("treaty", "reduced", NUMBER, "Reductions by technical survey credited with at least 1 m2 in the period"),
    line("treaty", "reduced_m2", M2, "Contaminated land that was reduced by technical survey in the period"),
    line("treaty", "cleared", NUMBER, "Clearances credited with at least 1 m2 in the period"),
    line("treaty", "cleared_m2", M2, "Contaminated land that was cleared in the period"),
    line("treaty", "released_cha_m2", M2, "Land cancelled, reduced or cleared in the period that was confirmed until then"),
    line("treaty", "released_sha_m2", M2, "Land cancelled, reduced or cleared in the period that was suspected until then"),
    line("treaty", "closing_cha", NUMBER, "Confirmed hazardous areas live on at least 1 m2 of contaminated land at the end of the period"),
    line("treaty", "closing_cha_m2", M2, "Land that is confirmed as contaminated at the end of the period: opening, newly identified, recorded again and confirmed, less released"),
    line("treaty", "closing_sha", NUMBER, "Suspected hazardous areas live on at least 1 m2 of contaminated land at the end of the period"),
    line("treaty", "closing_sha_m2", M2, "Land that is suspected, and not confirmed, at the end of the period: opening, newly identified and recorded again, less confirmed and released"),
    line("treaty", "ap_mines", NUMBER, "Anti-personnel mines found by releases completed in the period"),
    line("treaty", "av_mines", NUMBER, "Anti-vehicle mines found by releases completed in the period"),
    line("treaty", "submunitions", NUMBER, "Cluster submunitions found by releases completed in the period"),
    line("treaty", "ied", NUMBER, "Improvised explosive devices found by releases completed in the period; those that are anti-personnel mines by their design are not told apart in the data"),
    line("treaty-article-7", "other_devices", NUMBER, "Explosive remnants of war, unexploded ordnance and submunitions found by releases completed in the period"),
    line("treaty-ccm", "other_devices", NUMBER, "All devices but submunitions found by releases completed in the period"),
    line("forecast", "remaining_m2", M2, "Land that is still contaminated at the end of the series"),
    line("forecast", "first_year", "year", "First of the whole calendar years on which the forecast rests"),
    line("forecast", "last_year", "year", "Last of the whole calendar years on which the forecast rests"),
    line("forecast", "years_released_m2", M2, "Land cancelled, reduced or cleared in these years"),
    line("forecast", "years_recorded_m2", M2, "Land newly recorded or re-contaminated in these years"),
    line("forecast", "years_at_least", "years", "Remaining land divided by the most that was released in one of these years, rounded down; empty where the data carry no forecast"),
    line("forecast", "years_at_most", "years", "Remaining land divided by the least by which it shrank in one of these years, rounded up; empty where it did not shrink in one, or the data carry no forecast"),
    line("forecast", "assumption", TEXT, "What the range assumes, in words, or why there is none"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::write::{columns, planning};

    /// Every table with its columns.
    fn tables() -> Vec<(&'static str, Vec<&'static str>)> {
        fn names<R>(columns: &'static [columns::Column<R>]) -> Vec<&'static str> {
            columns.iter().map(|c| c.0).collect()
        }
        let mut tables = vec![
            ("districts", names(columns::FIGURES).into_iter().chain(names(columns::PERIOD)).collect()),
            ("balance", names(columns::BALANCE)),
            ("series", names(columns::SERIES)),
            ("transitions", names(columns::TRANSITIONS)),
            ("credit", names(columns::CREDIT)),
            ("exposure", names(planning::EXPOSURE)),
            ("plan", names(planning::PLAN)),
            ("zones", names(columns::ZONES)),
            ("records", names(columns::RECORDS)),
            ("records-by-district", names(columns::SHARES)),
            ("findings", names(columns::FINDINGS)),
            ("remaining", names(columns::REMAINING)),
            ("released", names(columns::RELEASED)),
        ];
        for (table, column) in crate::write::treaty::all_columns() {
            match tables.last_mut() {
                Some(last) if last.0 == table => last.1.push(column),
                _ => tables.push((table, vec![column])),
            }
        }
        tables
    }

    #[test]
    fn every_column_of_every_table_is_defined() {
        let missing: Vec<_> = tables()
            .into_iter()
            .flat_map(|(table, columns)| columns.into_iter().map(move |column| (table, column)))
            .filter(|(table, column)| definition(table, column).is_none())
            .collect();
        assert!(missing.is_empty(), "without a definition: {missing:?}");
    }

    #[test]
    fn every_definition_is_used_once_and_says_its_unit() {
        let mut seen = HashSet::new();
        for line in DEFINITIONS {
            assert!(seen.insert((line.table, line.column)), "{line:?} stands twice");
            assert_eq!(line.column.ends_with("_m2"), line.unit == M2, "{line:?}");
            assert_eq!(line.column.ends_with("_share"), line.unit == SHARE, "{line:?}");
            assert!(line.meaning.len() >= 4 && !line.meaning.ends_with('.'), "{line:?}");
            let of_table =
                |t: &(&str, Vec<&str>)| line.table.is_empty() || line.table == t.0 || line.table == family(t.0);
            let used = tables().iter().filter(|t| of_table(t)).any(|t| t.1.contains(&line.column));
            assert!(used, "{line:?} defines nothing");
        }
    }

    #[test]
    fn no_definition_calls_land_safe() {
        let says = |d: &Definition| d.meaning.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| w == "safe");
        assert!(!DEFINITIONS.iter().any(says));
    }
}
