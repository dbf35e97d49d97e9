//! What the columns of the outputs are: their types where a format has types, and their HXL hashtags.
//!
//! A name means the same in every table unless a line says otherwise for one of them. Hashtags are those of the
//! Humanitarian Exchange Language, version 1.1, with attributes after what a column says: `+area` and `+m2` for square
//! metres, `+num` for counts. `#adm1` stands for the districts, whichever level of administration they are.

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Texts, joined by `; ` where a format has no lists.
    List,
    /// A number with decimals.
    Real,
    /// A whole number.
    Count,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
}

/// A column.
struct Entry {
    /// The table that the line is for; empty for all.
    table: &'static str,
    name: &'static str,
    kind: Kind,
    tag: &'static str,
}

const fn of(table: &'static str, name: &'static str, kind: Kind, tag: &'static str) -> Entry {
    Entry { table, name, kind, tag }
}

const ENTRIES: &[Entry] = &[
    of("findings", "code", Kind::Text, "#meta+code+finding"),
    of("", "code", Kind::Text, "#adm1+code"),
    of("zones", "name", Kind::Text, "#loc+name"),
    of("", "name", Kind::Text, "#adm1+name"),
    of("records", "id", Kind::Text, "#meta+id+record"),
    of("findings", "id", Kind::Text, "#meta+id+record"),
    of("", "id", Kind::Text, "#loc+code"),
    of("findings", "area_m2", Kind::Real, "#indicator+area+finding+m2"),
    of("", "area_m2", Kind::Real, "#indicator+area+m2"),
    of("", "area_exact_m2", Kind::Text, "#indicator+area+exact+m2"),
    of("", "baseline_m2", Kind::Real, "#indicator+area+baseline+m2"),
    of("", "suspected_m2", Kind::Real, "#indicator+area+m2+suspected"),
    of("", "confirmed_m2", Kind::Real, "#indicator+area+confirmed+m2"),
    of("", "remaining_m2", Kind::Real, "#indicator+area+contaminated+m2"),
    of("balance", "cancelled_m2", Kind::Real, "#indicator+area+cancelled+m2+period"),
    of("", "cancelled_m2", Kind::Real, "#indicator+area+cancelled+m2"),
    of("balance", "reduced_m2", Kind::Real, "#indicator+area+m2+period+reduced"),
    of("", "reduced_m2", Kind::Real, "#indicator+area+m2+reduced"),
    of("balance", "cleared_m2", Kind::Real, "#indicator+area+cleared+m2+period"),
    of("", "cleared_m2", Kind::Real, "#indicator+area+cleared+m2"),
    of("", "released_m2", Kind::Real, "#indicator+area+m2+released"),
    of("", "released_share", Kind::Real, "#indicator+released+share"),
    of("", "release_outside_hazard_m2", Kind::Real, "#indicator+area+m2+outside+released"),
    of("", "repeated_release_m2", Kind::Real, "#indicator+area+m2+released+repeated"),
    of("", "hazards", Kind::Count, "#indicator+hazards+num"),
    of("", "releases", Kind::Count, "#activity+num+releases"),
    of("", "evidence_points", Kind::Count, "#indicator+evidence_points+num"),
    of("", "ap_mines", Kind::Count, "#item+ap_mines+found+num"),
    of("", "av_mines", Kind::Count, "#item+av_mines+found+num"),
    of("", "erw", Kind::Count, "#item+erw+found+num"),
    of("", "uxo", Kind::Count, "#item+found+num+uxo"),
    of("", "submunitions", Kind::Count, "#item+found+num+submunitions"),
    of("", "ied", Kind::Count, "#item+found+ied+num"),
    of("", "incidents", Kind::Count, "#event+incidents+num"),
    of("", "killed", Kind::Count, "#affected+killed"),
    of("", "injured", Kind::Count, "#affected+injured"),
    of("", "opening_m2", Kind::Real, "#indicator+area+contaminated+m2+start"),
    of("", "newly_recorded_m2", Kind::Real, "#indicator+area+m2+new+period+recorded"),
    of("", "recontaminated_m2", Kind::Real, "#indicator+area+m2+period+recontaminated"),
    of("", "period_cancelled_m2", Kind::Real, "#indicator+area+cancelled+m2+period"),
    of("", "period_reduced_m2", Kind::Real, "#indicator+area+m2+period+reduced"),
    of("", "period_cleared_m2", Kind::Real, "#indicator+area+cleared+m2+period"),
    of("", "closing_m2", Kind::Real, "#indicator+area+contaminated+end+m2"),
    of("", "from", Kind::Date, "#date+start"),
    of("", "to", Kind::Date, "#date+end"),
    of("", "opening_records", Kind::Count, "#indicator+contaminated+num+records+start"),
    of("", "newly_recorded_records", Kind::Count, "#indicator+new+num+recorded+records"),
    of("", "recontaminated_records", Kind::Count, "#indicator+num+recontaminated+records"),
    of("", "cancelled_records", Kind::Count, "#indicator+cancelled+num+records"),
    of("", "reduced_records", Kind::Count, "#indicator+num+records+reduced"),
    of("", "cleared_records", Kind::Count, "#indicator+cleared+num+records"),
    of("", "closing_records", Kind::Count, "#indicator+contaminated+end+num+records"),
    of("", "status", Kind::Text, "#status+contamination"),
    of("", "reasons", Kind::List, "#description+reasons"),
    of("", "contaminated_share", Kind::Real, "#indicator+contaminated+share"),
    of("", "hazard_ids", Kind::List, "#meta+hazards+id"),
    of("", "nearest_hazard_m", Kind::Real, "#indicator+distance+hazard+m"),
    of("", "nearest_hazard_id", Kind::Text, "#meta+hazard+id+nearest"),
    of("", "last_release", Kind::Date, "#date+latest+release"),
    of("", "district", Kind::Text, "#adm1+code"),
    of("", "layer", Kind::Text, "#meta+layer+source"),
    of("", "file", Kind::Text, "#meta+file+source"),
    of("", "feature", Kind::Count, "#meta+feature+num+source"),
    of("released", "kind", Kind::Text, "#activity+release+type"),
    of("", "kind", Kind::Text, "#meta+record+type"),
    of("", "class", Kind::Text, "#item+class"),
    of("", "date", Kind::Date, "#date+recorded"),
    of("", "fate", Kind::Text, "#status+record"),
    of("", "in_effect", Kind::Flag, "#status+effect"),
    of("", "stated_m2", Kind::Real, "#indicator+area+m2+stated"),
    of("", "geometry_m2", Kind::Real, "#indicator+area+geometry+m2"),
    of("", "credited_m2", Kind::Real, "#indicator+area+credited+m2"),
    of("", "repeated_m2", Kind::Real, "#indicator+area+m2+repeated"),
    of("", "outside_m2", Kind::Real, "#indicator+area+m2+outside"),
    of("", "recorded_m2", Kind::Real, "#indicator+area+m2+recorded"),
    of("", "overlap_m2", Kind::Real, "#indicator+area+m2+overlap"),
    of("", "severity", Kind::Text, "#severity"),
    of("", "message", Kind::Text, "#description+finding"),
    of("", "face", Kind::Count, "#meta+face+num"),
    of("", "state", Kind::Text, "#status+land"),
    of("", "records", Kind::Count, "#meta+num+records"),
    of("", "record_rows", Kind::List, "#meta+records+row"),
    of("", "record_ids", Kind::List, "#meta+id+records"),
    of("", "record_layers", Kind::List, "#meta+layer+records+source"),
    of("", "record_features", Kind::List, "#meta+feature+records+source"),
    of("", "record_classes", Kind::List, "#item+class+records"),
    of("", "record_dates", Kind::List, "#date+records"),
    of("", "record_changes", Kind::List, "#status+changes+records"),
];

fn entry(table: &str, name: &str) -> Option<&'static Entry> {
    let find = |table: &str| ENTRIES.iter().find(|e| e.table == table && e.name == name);
    find(table).or_else(|| find(""))
}

/// The type of a column; text where nothing is known of it, which holds any value.
pub(super) fn kind(table: &str, name: &str) -> Kind {
    entry(table, name).map_or(Kind::Text, |e| e.kind)
}

/// The HXL hashtag of a column. One that is not in the list is left without, as the standard allows; a test fails then.
pub(super) fn hashtag(table: &str, name: &str) -> &'static str {
    entry(table, name).map_or("", |e| e.tag)
}
