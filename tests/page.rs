//! report.html in a real browser: what a planner sees is what the tables say, and nothing in it runs but its own script.

use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use remnant::account::account;
use remnant::pipeline::{Job, LayerSpec, run};
use remnant::progress::Silent;
use remnant::records::{HazardClass, Survey};
use remnant::report::{
    Access, Criterion, Exposure, LandShape, LandState, Moment, Plan, Priority, Report, Role, RunFacts, Series,
    SeriesStep, SquareMetres, Stability, States, ToClear, ZoneRow,
};
use remnant::settings::Settings;
use remnant::write::write_folder;
use remnant::zone::{Reason, ZoneStatus};
use remnant_geometry::{Area, Point};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::call::Place;
use crate::output::{Output, Row};
use crate::scenario::{Feature, collection, rectangle};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/azerbaijan").join(name)
}

fn national() -> Place {
    let place = Place::new();
    place.run(&[fixture("remnant.toml").to_str().unwrap(), "--out", "out", "--quiet"]).with(0);
    place
}

/// The national example with what only some projects ask for.
fn rich_report() -> Report {
    let layer = |role, name: &str| LayerSpec::new(role, fixture(name));
    let layers = vec![
        layer(Role::Hazards, "hazards.geojson"),
        layer(Role::Releases, "releases.geojson"),
        layer(Role::Districts, "districts-2023.geojson"),
        layer(Role::Zones, "zones.geojson"),
        layer(Role::Incidents, "incidents.geojson"),
    ];
    let settings = Settings { as_of: Some(date(2025, 12, 31)), ..Settings::new(date(2026, 1, 31)) };
    let mut report = run(&Job { layers, settings }, &Silent).unwrap();
    let account = &mut report.account;
    // Half of everything was there two years before, and nothing was before that.
    let half =
        |s: SquareMetres| SquareMetres::rounded(Area::from_units(i128::from(s.square_centimetres() / 2) * 100_000));
    let before = |s: &States| States {
        suspected: half(s.suspected),
        confirmed: half(s.confirmed),
        cancelled: half(s.cancelled),
        reduced: half(s.reduced),
        cleared: half(s.cleared),
    };
    let states = |s: &States| vec![States::default(), before(s), *s];
    let moments =
        |s: &States| states(s).into_iter().map(|states| Moment { states, ..Moment::default() }).collect::<Vec<_>>();
    account.series = Some(Series {
        step: SeriesStep::Yearly,
        dates: vec![date(2022, 12, 31), date(2023, 12, 31), date(2025, 12, 31)],
        districts: account.districts.iter().map(|d| moments(&d.figures.states)).collect(),
        outside: moments(&account.outside.figures.states),
        total: moments(&account.total.states),
        zones: account.zones.iter().map(|z| states(&z.states)).collect(),
    });
    let contaminated: Vec<usize> =
        (0..account.zones.len()).filter(|&i| account.zones[i].status == ZoneStatus::Contaminated).collect();
    let place = |(&zone, rank): (&usize, u32)| Priority {
        zone,
        rank,
        score: 1.0 / f64::from(rank),
        best_rank: rank,
        worst_rank: rank + 1,
        people: Some(100.0),
        homes: None,
        marginal: account.zones[zone].states.remaining(),
        missing: None,
        sentence: format!("Sentence of rank {rank}."),
    };
    account.plan = Some(Plan {
        criteria: vec![Criterion { name: "people per hectare".into(), weight: 1.0 }],
        sensitivity: "Each weight by a half.".into(),
        order: contaminated.iter().rev().zip(1..).map(place).collect(),
    });
    let zone = &mut account.zones[*contaminated.last().unwrap()];
    zone.access = Access::CutOff;
    zone.people = Some(321.0);
    zone.stability =
        Some(Stability { grown: ZoneStatus::Contaminated, shrunk: ZoneStatus::Near, sentence: "It hangs.".into() });
    zone.to_clear = Some(ToClear { area: zone.states.remaining(), hazard_ids: vec!["H".into()], evidence_points: 2 });
    zone.exposure = vec![Exposure {
        theme: "roads <b>".into(),
        features: 3,
        exposed_features: 1,
        length_m: 1234.0,
        exposed_length_m: 56.0,
        area: SquareMetres::ZERO,
        exposed_area: SquareMetres::ZERO,
    }];
    report
}

fn written(report: &Report) -> Place {
    let place = Place::new();
    write_folder(report, &place.path("out"), false, &|| false).unwrap();
    place
}

/// A shown number without its separators (the page is in English).
fn bare(shown: &str) -> String {
    shown.replace([',', '\u{a0}'], "").replace('−', "-")
}

fn iso(shown: &str) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = shown.split(' ').collect();
    let month = months.iter().position(|m| *m == parts[1]).unwrap() + 1;
    format!("{}-{month:02}-{:0>2}", parts[2], parts[0])
}

/// Whether a cell of the page says what the table's cell says.
fn same(column: &str, shown: &str, cell: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().unwrap();
    if cell.is_empty() {
        return shown == "–" || (column == "name" && shown.is_empty());
    }
    if column.ends_with("_m2") {
        // To the square centimetre, digit by digit.
        return bare(shown) == cell;
    }
    if column.ends_with("_share") {
        let percent = bare(shown).replace(['%', '<'], "");
        let (percent, share) = (number(percent.trim()), 100.0 * number(cell));
        return (percent - share).abs() < 0.0501 + if share > 99.9 && share < 100.0 { 0.1 } else { 0.05 }
            && (percent == 0.0) == (share == 0.0)
            && (percent == 100.0) == (share == 100.0);
    }
    match column {
        "nearest_hazard_m" => (number(&bare(shown)) - number(cell)).abs() <= 0.0501,
        "nearest_hazard_bearing_deg" => shown == format!("{cell}°"),
        "last_release" => iso(shown) == cell,
        "status" | "status_if_hazards_larger" | "status_if_hazards_smaller" => {
            shown.to_lowercase().replace(' ', "-") == cell
        }
        _ => shown == cell || bare(shown) == cell,
    }
}

/// The cells of a table in the page: its columns, and a row for each of its rows.
fn cells(browser: &mut Browser, id: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let columns =
        browser.ask(&format!("[...document.querySelectorAll('#{id} thead th')].map((h) => h.dataset.column)"));
    let rows = browser.ask(&format!(
        "[...document.querySelectorAll('#{id} tbody tr')].sort((a, b) => a.dataset.row - b.dataset.row)
            .map((r) => [...r.cells].map((c) => c.textContent))"
    ));
    (serde_json::from_value(columns).unwrap(), serde_json::from_value(rows).unwrap())
}

#[track_caller]
fn assert_cells(browser: &mut Browser, id: &str, table: &[Row], outside: &str) {
    let (columns, rows) = cells(browser, id);
    assert_eq!(rows.len(), table.len(), "{id}");
    assert_eq!(columns.len(), table[0].len(), "{id} has every column");
    for (shown, row) in rows.iter().zip(table) {
        for (column, shown) in columns.iter().zip(shown) {
            let cell = row[column].as_str();
            let says = if column == "name" && cell == "outside all districts" { outside } else { cell };
            assert!(same(column, shown, says), "{id}, {column}: the page says {shown:?}, the table {cell:?}");
        }
    }
}

#[test]
fn figures_of_the_page_are_those_of_the_tables_and_it_asks_for_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let place = national();
    let output = place.output("out");
    let ready = browser.open(&place.path("out/report.html"));
    println!("the national example can be used after {ready} ms");
    browser.set("unit", "m2");
    browser.click("#zones-columns");
    browser.click("#districts-columns");
    assert_cells(&mut browser, "zones-table", &output.rows("zones.csv"), "");
    assert_cells(&mut browser, "districts-table", &output.rows("districts.csv"), "Outside all districts");

    let total = &output.json("summary.json")["total"];
    let foot = browser.ask("Object.fromEntries([...document.querySelectorAll('#districts-table tfoot [data-column]')].map((c) => [c.dataset.column, c.textContent]))");
    for name in ["remaining_m2", "cleared_m2", "baseline_m2", "closing_m2"] {
        let shown: f64 = bare(foot[name].as_str().unwrap()).parse().unwrap();
        assert_eq!(Some(shown), total[name].as_f64(), "{name}");
    }
    assert!(
        browser
            .text("document.getElementById('remaining').textContent")
            .starts_with(foot["remaining_m2"].as_str().unwrap())
    );

    let balance = output.rows("balance.csv").pop().unwrap();
    let shown = browser.ask("[...document.querySelectorAll('#balance-table tbody tr')].map((r) => [...r.cells].slice(1).map((c) => c.textContent))");
    for (row, flow) in shown.as_array().unwrap().iter().zip([
        "opening",
        "newly_recorded",
        "recontaminated",
        "cancelled",
        "reduced",
        "cleared",
        "closing",
    ]) {
        assert_eq!(bare(row[0].as_str().unwrap()), balance[&format!("{flow}_m2")], "{flow}");
        assert_eq!(bare(row[1].as_str().unwrap()), balance[&format!("{flow}_records")], "{flow}");
    }
    let findings = output.rows("findings.csv").len();
    assert_eq!(
        browser.text("document.getElementById('findings-count').textContent"),
        format!("{findings} of {findings} findings")
    );
    let hashes = browser.text("document.getElementById('inputs-table').textContent");
    for input in output.json("summary.json")["inputs"].as_array().unwrap() {
        assert!(hashes.contains(input["sha256"].as_str().unwrap()));
    }
    assert!(browser.text("document.getElementById('notices').textContent").contains("could lie anywhere"));
    assert!(browser.ask("document.querySelectorAll('#map canvas').length").as_u64() > Some(1), "the map is drawn");
    browser.without_complaints();
}

#[test]
fn zones_are_searched_filtered_sorted_chosen_and_printed() {
    let Some(mut browser) = Browser::start() else { return };
    let place = national();
    let zones = place.output("out").rows("zones.csv");
    browser.open(&place.path("out/report.html"));
    let rows = "document.querySelectorAll('#zones-table tbody tr').length";
    let count = |wanted: &dyn Fn(&Row) -> bool| zones.iter().filter(|z| wanted(z)).count() as u64;

    browser.set("zones-search", "XOCALI");
    let found = count(&|z| z["name"].to_lowercase().contains("xocal") || z["district"] == "AZ-XCI");
    assert!(found > 0 && browser.ask(rows).as_u64().unwrap() >= 1, "letters of a language are found by plain ones");
    browser.set("zones-search", "no such zone");
    assert!(browser.text("document.getElementById('zones-table').textContent").contains("No zone passes"));
    browser.click("#zones-table button");
    assert_eq!(browser.ask(rows), zones.len());

    browser.click("[data-status=near]");
    assert_eq!(browser.ask(rows), count(&|z| z["status"] == "near"));
    let said = browser.text("document.getElementById('zones-count').textContent");
    assert_eq!(said, format!("{} of {} zones", count(&|z| z["status"] == "near"), zones.len()));
    browser.click("[data-status=near]");
    let district = zones.iter().map(|z| z["district"].clone()).find(|d| !d.is_empty()).unwrap();
    browser.set("zones-district", &district);
    assert_eq!(browser.ask(rows), count(&|z| z["district"] == district));

    // Every sheet is one page; then the page is as it was.
    browser.ask("window.print = () => { window.printed = true; }");
    browser.click("#zones-print");
    assert_eq!(browser.ask("window.printed"), true);
    let sheets = count(&|z| z["district"] == district);
    assert_eq!(browser.printed_pages() as u64, sheets, "one page a zone");
    browser.ask("window.dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.ask("document.querySelectorAll('.sheet').length"), 0);

    browser.set("zones-district", "");
    browser.click("#zones-table th[data-column=remaining_m2] button");
    let column = "[...document.querySelectorAll('#zones-table td[data-column=remaining_m2]')].map((c) => parseFloat(c.firstChild.textContent.replace(/,/g, '').replace('<', '')))";
    let sorted = |values: &Value, down: bool| {
        let values: Vec<f64> = values.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(0.0)).collect();
        values.windows(2).all(|w| if down { w[0] >= w[1] } else { w[0] <= w[1] })
    };
    assert!(sorted(&browser.ask(column), true));
    assert_eq!(
        browser.text("document.querySelector('#zones-table th[data-column=remaining_m2]').getAttribute('aria-sort')"),
        "descending"
    );
    browser.press("Enter", 13);
    assert!(sorted(&browser.ask(column), false), "the heading keeps the focus, and Enter turns the order");

    // The keyboard alone: a zone is chosen, its sheet is asked for.
    browser.ask("document.querySelector('#zones-table button[data-zone]').focus()");
    browser.press("Enter", 13);
    let chosen = browser.text("document.querySelector('#panel h3').textContent");
    assert_eq!(chosen, browser.text("document.querySelector('#zones-table tr.selected button').textContent"));
    browser.ask("document.getElementById('print-zone').focus()");
    browser.press("Enter", 13);
    assert_eq!(browser.printed_pages(), 1);
    browser.ask("window.dispatchEvent(new Event('afterprint'))");

    // The map moves by keys, and a click on it chooses.
    browser.ask("document.querySelector('#panel .close').click()");
    let position = "(() => { const r = document.querySelector('.leaflet-map-pane').getBoundingClientRect(); return r.x + ',' + r.y; })()";
    let before = browser.text(position);
    browser.click("#zones-table button[data-zone]");
    browser.ask("new Promise((done) => setTimeout(done, 900))");
    browser.ask("document.querySelector('#panel .close').click()");
    browser.ask("document.getElementById('map').scrollIntoView({ block: 'center' })");
    let middle = browser.ask("(() => { const r = document.getElementById('map').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()");
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({"type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1});
        browser.call("Input.dispatchMouseEvent", event);
    }
    assert!(
        browser.ask(
            "document.querySelectorAll('#panel .badge').length === 1 && !!document.querySelector('#panel .close')"
        ) == true
    );
    browser.ask("document.getElementById('map').focus()");
    browser.press("ArrowRight", 39);
    browser.ask("new Promise((done) => setTimeout(done, 900))");
    assert_ne!(browser.text(position), before);
    browser.without_complaints();
}

#[test]
fn series_plan_and_languages_are_shown() {
    let Some(mut browser) = Browser::start() else { return };
    let report = rich_report();
    let place = written(&report);
    browser.open(&place.path("out/report.html"));
    assert!(browser.text("document.getElementById('panel').textContent").contains("order of work"));
    let first = &report.account.plan.as_ref().unwrap().order[0];
    assert!(browser.text("document.querySelector('#work-body tbody tr').textContent").contains("Sentence of rank 1."));
    browser.click(&format!("#zones-table button[data-zone='{}']", first.zone));
    let panel = browser.text("document.getElementById('panel').textContent");
    for part in ["cut off", "321", "roads <b>", "“Near”", "Open evidence points: 2"] {
        assert!(panel.contains(part), "the panel lacks {part}: {panel}");
    }

    browser.set("unit", "m2");
    browser.set("time-slider", "1");
    let total = &report.account.series.as_ref().unwrap().total[1].states;
    let shown = browser.text("document.getElementById('remaining').textContent");
    assert!(bare(&shown).starts_with(&total.remaining().to_string()), "{shown}");
    assert!(browser.text("document.title").contains("31 Dec 2023"));
    let statuses = "[...document.querySelectorAll('#zones-table td[data-column=status]')].map((c) => c.textContent)";
    let statuses = browser.ask(statuses);
    assert!(statuses.as_array().unwrap().iter().all(|s| s == "–"), "no status is made up for an earlier date");
    browser.set("time-slider", "2");
    assert!(browser.text("document.title").contains("31 Dec 2025"));
    assert_eq!(browser.ask("document.querySelectorAll('#series-table tbody tr').length"), 3);

    let remaining = report.account.total.states.remaining().to_string();
    let (whole, rest) = remaining.split_once('.').unwrap();
    for (language, word, point, group) in
        [("az", "Çirklənmiş", ',', '.'), ("ru", "Загрязнена", ',', '\u{a0}'), ("fr", "Contaminée", ',', '\u{202f}')]
    {
        browser.set("language", language);
        assert_eq!(browser.text("document.documentElement.lang"), language);
        assert!(browser.text("document.getElementById('statuses').textContent").contains(word));
        let shown = browser.text("document.getElementById('remaining').textContent");
        let digits: String = shown.chars().filter(|c| c.is_ascii_digit()).collect();
        assert!(digits == format!("{whole}{rest}"), "{shown}");
        assert!(shown.contains(&format!("{point}{rest}")) && shown.contains(group), "{language}: {shown:?}");
        // Nothing is left that only English has: every key has a word, so none is shown as its key.
        let text = browser.text("document.body.innerText");
        for prefix in ["zones.", "panel.", "method.", "reason.", "status.", "meaning."] {
            let leaked = text.split_whitespace().find(|w| {
                w.starts_with(prefix)
                    && w.len() > prefix.len()
                    && w.is_ascii()
                    && !w.contains("csv")
                    && !w.contains("json")
            });
            assert_eq!(leaked, None, "{language}");
        }
    }
    browser.without_complaints();
}

#[test]
fn hostile_names_stay_text() {
    let Some(mut browser) = Browser::start() else { return };
    let names = [
        "</script><script>window.pwned=1</script>",
        "<img src=x onerror=window.pwned=1>",
        "\" onmouseover=\"window.pwned=1",
        "'; window.pwned=1; '",
        "\u{202e}desrever\u{202c}",
        "null",
        "{{script}}",
        "<svg/>",
        "&lt;b&gt; \u{2028} \u{0}",
    ];
    let place = Place::new();
    let square = |n: usize| rectangle([1_700_000 + 3000 * n as i64, 4_400_000, 1_702_000 + 3000 * n as i64, 4_402_000]);
    let layer = |role: &str| -> Vec<Feature> {
        let feature = |(n, name): (usize, &&str)| {
            let properties = json!({"id": format!("{role}{n}{name}"), "code": format!("{n}{name}"), "name": name, "class": "confirmed", "date": "2020-01-01"});
            Feature::new(properties, square(n))
        };
        names.iter().enumerate().map(feature).collect()
    };
    for role in ["hazards", "zones", "districts"] {
        place.write(format!("{role}.geojson"), collection(&layer(role)));
    }
    let call =
        ["--hazards", "hazards.geojson", "--zones", "zones.geojson", "--districts", "districts.geojson", "-o", "out"];
    place.run(&call).with(0);
    browser.open(&place.path("out/report.html"));
    let shown = browser.ask("[...document.querySelectorAll('#zones-table tbody tr')].sort((a, b) => a.dataset.row - b.dataset.row).map((r) => r.querySelector('button').textContent)");
    assert_eq!(shown, json!(names));
    for (n, name) in names.iter().enumerate() {
        browser.click(&format!("#zones-table button[data-zone='{n}']"));
        assert_eq!(browser.text("document.querySelector('#panel h3').textContent"), *name);
    }
    browser.ask("window.print = () => {}");
    browser.click("#zones-print");
    assert_eq!(browser.ask("document.querySelectorAll('.sheet').length"), names.len());
    assert!(browser.ask("window.pwned ?? null").is_null());
    assert_eq!(
        browser.ask("document.querySelectorAll('img, iframe, object, embed, link, [onerror], [onmouseover]').length"),
        0
    );
    browser.without_complaints();
    // Text can't become markup even where somebody tries.
    let refused =
        browser.ask("(() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } })()");
    assert_eq!(refused, true);
}

#[test]
fn a_run_without_geometry_says_why_there_is_no_map() {
    let Some(mut browser) = Browser::start() else { return };
    let place = Place::new();
    place.run(&[fixture("remnant.toml").to_str().unwrap(), "--out", "out", "--no-geometry"]).with(0);
    assert!(Output::read(&place.path("out")).names().contains(&"report.html"));
    browser.open(&place.path("out/report.html"));
    assert!(browser.text("document.getElementById('map-note').textContent").contains("--no-geometry"));
    assert_eq!(browser.ask("document.querySelectorAll('#zones-table tbody tr').length"), 205);
    browser.without_complaints();
}

#[test]
fn the_public_edition_says_what_it_leaves_out() {
    let Some(mut browser) = Browser::start() else { return };
    let place = Place::new();
    place.run(&[fixture("remnant.toml").to_str().unwrap(), "--out", "out", "--public"]).with(0);
    browser.open(&place.path("out/report.html"));
    assert!(browser.text("document.getElementById('notices').textContent").contains("Public edition"));
    browser.click("#zones-table button[data-zone]");
    let panel = browser.text("document.getElementById('panel').textContent");
    assert!(panel.contains("Left out of the public edition"), "{panel}");
    // What is not told is not denied.
    for word in ["None recorded", "No hazard is live", "of 0 hazard"] {
        assert!(!panel.contains(word), "{panel}");
    }
    assert_eq!(
        browser.ask("document.querySelectorAll('#map canvas').length > 1"),
        true,
        "zones and districts are drawn"
    );
    browser.without_complaints();
}

/// A report that has nothing but contaminated land: squares of so many grid steps, so many a side.
fn squares(side: i64, size: i64) -> Report {
    let settings = Settings { as_of: Some(Date::constant(2024, 12, 31)), ..Settings::new(date(2025, 1, 2)) };
    let mut account = account(Survey::default(), &settings, &Silent).unwrap();
    let apart = 100_000_000;
    let polygon = |n: i64| {
        let (x, y) = (170_000_000_000 + n % side * apart, 440_000_000_000 + n / side * apart);
        // Not quite a square, so that there is something to draw.
        let corners = (0..20_i64).map(|i| {
            let turn = i as f64 / 20.0 * std::f64::consts::TAU;
            let radius = size as f64 * (0.8 + 0.2 * ((i * (n % 7 + 1)) % 3) as f64);
            Point { x: x + (turn.cos() * radius) as i64, y: y + (turn.sin() * radius) as i64 }
        });
        vec![corners.collect::<Vec<_>>()]
    };
    account.shapes = vec![LandShape {
        district: None,
        state: LandState::Contaminated(HazardClass::Confirmed),
        area: SquareMetres::ZERO,
        polygons: (0..side * side).map(polygon).collect(),
    }];
    let run = RunFacts { started: String::new(), seconds: 0.0, threads: 1, peak_memory_bytes: None };
    Report { account, inputs: Vec::new(), sources: Vec::new(), run }
}

/// Pixels of the map that have the colours of contaminated land.
const RED: &str = "[...document.querySelectorAll('#map canvas')].reduce((sum, c) => {
    const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    for (let i = 0; i < d.length; i += 4) if (d[i] > 100 && d[i + 1] < 90 && d[i + 2] < 90 && d[i + 3] > 150) sum++;
    return sum; }, 0)";

#[test]
fn a_hundred_thousand_polygons_are_drawn() {
    let Some(mut browser) = Browser::start() else { return };
    let place = written(&squares(317, 40_000_000));
    let page = place.path("out/report.html");
    let bytes = std::fs::metadata(&page).unwrap().len();
    let ready = browser.open(&page);
    println!("a page of {bytes} bytes with {} polygons can be used after {ready} ms", 317 * 317);
    assert!(bytes < 16 << 20, "{bytes} bytes");
    assert!(browser.ask(RED).as_u64() > Some(1000));
    browser.without_complaints();
}

#[test]
fn of_very_many_zones_the_gravest_are_shown_and_all_are_counted() {
    let Some(mut browser) = Browser::start() else { return };
    let mut report = rich_report();
    let account = &mut report.account;
    // Before the zones that are there: 60,000 of which nothing is recorded, about as many as the largest countries have.
    let known = account.zones.len();
    let extra = 60_000;
    let empty = |row: usize| {
        let zone = &account.zones[0];
        let (x, y) = (450_000_000_000 + (row as i64 % 250) * 200_000_000, 400_000_000_000 + row as i64 * 100_000);
        let corners = [(x, y), (x + 50_000_000, y), (x, y + 50_000_000)].map(|(x, y)| Point { x, y });
        ZoneRow {
            id: format!("extra-{row}"),
            name: format!("Extra {row}"),
            status: ZoneStatus::NoRecord,
            because: vec![Reason::NothingRecorded],
            states: States::default(),
            hazard_ids: Vec::new(),
            incidents_near: Vec::new(),
            shape: [vec![corners.to_vec()]].into_iter().collect(),
            ..zone.clone()
        }
    };
    let mut zones: Vec<ZoneRow> = (0..extra).map(empty).collect();
    zones.append(&mut account.zones);
    account.zones = zones;
    account.series = None;
    for place in account.plan.iter_mut().flat_map(|plan| &mut plan.order) {
        place.zone += extra;
    }
    let first = account.plan.as_ref().unwrap().order[0].zone;
    let name = account.zones[first].name.clone();
    let contaminated = account.zones.iter().filter(|zone| zone.status == ZoneStatus::Contaminated).count();
    let place = written(&report);
    let page = place.path("out/report.html");
    let bytes = std::fs::metadata(&page).unwrap().len();
    let ready = browser.open(&page);
    println!("a page of {bytes} bytes with 50,000 of {} zones can be used after {ready} ms", extra + known);
    assert!(bytes < 64 << 20, "{bytes} bytes");
    let count = browser.text("document.getElementById('zones-count').textContent");
    assert!(bare(&count).contains(&format!("This page holds the 50000 of {} zones", extra + known)), "{count}");
    for (status, all) in [("contaminated", contaminated), ("no-record", extra)] {
        let shown =
            browser.text(&format!("document.querySelector('#statuses [data-status={status}] strong').textContent"));
        let shown: usize = bare(&shown).parse().unwrap();
        assert!(shown >= all && shown <= all + known, "{status}: {shown} of {all}");
    }
    // What the order of work, the table, the panel and the map call a zone is one and the same.
    let work = browser.text("document.querySelector('#work-body tbody tr th').textContent");
    assert!(work.starts_with(&name), "{work} and {name}");
    browser.click("#work-body tbody tr button");
    let panel = browser.text("document.querySelector('#panel h3').textContent");
    assert_eq!(panel, name);
    browser.without_complaints();
}

#[test]
fn a_speck_of_contaminated_land_can_be_seen_from_far() {
    let Some(mut browser) = Browser::start() else { return };
    // Four specks of less than a metre, hundreds of kilometres apart.
    let mut report = squares(2, 50_000);
    let specks = &mut report.account.shapes[0].polygons;
    let mut polygons = std::mem::take(specks).into_vec();
    for (n, polygon) in polygons.iter_mut().enumerate() {
        polygon[0].iter_mut().for_each(|p| p.x += n as i64 * 30_000_000_000);
    }
    *specks = polygons.into();
    let place = written(&report);
    browser.open(&place.path("out/report.html"));
    let seen = browser.ask(RED).as_u64().unwrap();
    assert!((4 * 4..400).contains(&seen), "{seen} pixels");
    browser.without_complaints();
}

/// Names, as the text of JSON has them: what would be taken for script, style, address, template, member of an object or
/// element of the page, what turns the direction of writing, and what is no text at all.
fn hostile_names() -> Vec<String> {
    let texts = [
        "<script>window.pwned=1</script>",
        "</script><img src=x onerror=alert(1)>",
        "</style><style>*{display:none!important}</style>",
        "}*{display:none!important}/*",
        "red;background:url(http://example.org/x)",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}#{alert(1)}<%= alert(1) %>",
        "\u{202e}gpj.exe\u{202c}\u{2066}",
        "\u{1b}[31m\u{7}\u{8}\u{0}\u{9f}",
        "\u{2028}\u{2029}\u{feff}\u{200b}.",
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "__defineGetter__",
        "map",
        "panel",
        "zones-table",
        "remaining",
        "undefined",
        "NaN",
        "-1",
        "0",
        "[object Object]",
        "(",
        ".*",
        "\\",
        "%s%n%00",
        "&lt;script&gt;&#0;",
    ];
    // Halves of characters, which are no text.
    texts
        .into_iter()
        .map(|text| Value::from(text).to_string())
        .chain(["\"a\\ud800\"".into(), "\"\\udc00\\ud800z\"".into()])
        .collect()
}

/// A layer of squares that bear these names in every field.
fn named_layer(names: &[String]) -> String {
    let features = names.iter().enumerate().map(|(n, name)| {
        let (west, east) = (17.0 + 0.003 * n as f64, 17.002 + 0.003 * n as f64);
        format!(
            r#"{{"type":"Feature","properties":{{"id":{name},"code":{name},"name":{name},"class":"confirmed","kind":"cleared",
            "operator":{name},"task":{name},"date":"2020-01-01"}},"geometry":{{"type":"Polygon","coordinates":
            [[[{west},44],[{east},44],[{east},44.002],[{west},44.002],[{west},44]]]}}}}"#
        )
    });
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.collect::<Vec<_>>().join(","))
}

#[test]
fn a_page_of_hostile_names_works_and_shows_them_as_text() {
    works_with(&hostile_names());
}

#[test]
fn a_page_of_names_without_end_works_and_shows_them_as_text() {
    // Ten times as long, a browser lays out one such name for longer than it is waited for on a busy machine.
    let long = |unit: &str| Value::from(unit.repeat(10_000 / unit.len())).to_string();
    works_with(&[long("W"), long("<b>\"'&"), long("\u{202e}a ")]);
}

fn works_with(given: &[String]) {
    let Some(mut browser) = Browser::start() else { return };
    let place = Place::new();
    let content = named_layer(given);
    // The layers are called so too; a name of a file has no stroke in it.
    let file = |role: &str| format!("{role}<img src=x onerror=alert(1)>__proto__\u{202e}.geojson");
    let mut call: Vec<String> = Vec::new();
    for role in ["hazards", "zones", "districts"] {
        place.write(file(role), &content);
        call.extend([format!("--{role}"), file(role)]);
    }
    place.write("releases.geojson", named_layer(&given[..3]));
    call.extend(["--releases", "releases.geojson", "-o", "out", "--quiet"].map(str::to_owned));
    call.extend(["--exposure".to_owned(), format!("<b>alert(1)</b>__proto__={}", file("zones"))]);
    place.run(&call).with(0);
    let zones = place.output("out").json("zones.geojson");
    let names: Vec<&str> =
        zones["features"].as_array().unwrap().iter().map(|zone| zone["properties"]["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), given.len());

    browser.open(&place.path("out/report.html"));
    let shown = browser.ask("[...document.querySelectorAll('#zones-table tbody tr')].sort((a, b) => a.dataset.row - b.dataset.row).map((r) => r.querySelector('button').textContent)");
    assert_eq!(shown, json!(names), "zones");
    let shown = browser.ask("[...document.querySelectorAll('#districts-table tbody tr')].map((r) => r.textContent)");
    let rows = shown.as_array().unwrap();
    for name in &names {
        assert!(rows.iter().any(|row| row.as_str().unwrap().contains(name)), "no district {:.60?}", name);
    }

    let rows = "document.querySelectorAll('#zones-table tbody tr').length";
    for (n, name) in names.iter().enumerate() {
        // Searched as it is, filtered by its district, chosen.
        browser.set("zones-search", name);
        assert!(browser.ask(rows).as_u64() >= Some(1), "{:.60?} finds nothing", name);
        browser.set("zones-search", "");
        browser.set("zones-district", name);
        let chosen = browser.text("document.getElementById('zones-district').value");
        assert!(chosen == *name, "{:.60?} is no district that can be chosen: {:.60?}", name, chosen);
        assert_eq!(browser.ask(rows), 1, "{:.60?} filters", name);
        browser.set("zones-district", "");
        browser.click(&format!("#zones-table button[data-zone='{n}']"));
        assert_eq!(browser.text("document.querySelector('#panel h3').textContent"), *name);
    }
    browser.set("findings-search", "__proto__");
    let layers = browser.text("document.getElementById('inputs-table').textContent");
    assert!(layers.contains("<img src=x onerror=alert(1)>__proto__"), "{layers:.300}");
    browser.click("[data-status=contaminated]");
    assert!(browser.ask(rows).as_u64() < Some(names.len() as u64));
    browser.click("[data-status=contaminated]");
    browser.set("language", "ru");
    assert_eq!(browser.ask(rows), names.len());
    browser.ask("window.print = () => {}");
    browser.click("#zones-print");
    assert_eq!(browser.ask("document.querySelectorAll('.sheet').length"), names.len());
    browser.ask("window.dispatchEvent(new Event('afterprint'))");

    assert!(browser.ask("window.pwned ?? Object.prototype.name ?? ({}).id ?? null").is_null());
    assert_eq!(browser.ask("getComputedStyle(document.body).display"), "block");
    let made =
        "document.querySelectorAll('img, iframe, object, embed, link, [onerror], [onload], [style*=url]').length";
    assert_eq!(browser.ask(made), 0);
    assert_eq!(browser.ask("document.querySelectorAll('style, script').length"), browser_parts(&place));
    browser.without_complaints();
}

/// How many styles and scripts a page of the same program has where nothing in it is hostile.
fn browser_parts(place: &Place) -> u64 {
    place.write("plain.geojson", named_layer(&["\"a\"".to_owned()]));
    place.run(&["--hazards", "plain.geojson", "-o", "plain", "--quiet"]).with(0);
    let page = std::fs::read_to_string(place.path("plain/report.html")).unwrap();
    (page.matches("<script").count() + page.matches("<style").count()) as u64
}
