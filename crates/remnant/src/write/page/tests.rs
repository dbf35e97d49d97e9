//! What can be said of the page without a browser; what it does in one stands in the end-to-end tests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::sample::{self, HOSTILE};
use super::super::tests::text;
use super::*;
use crate::finding::Code;
use crate::report::{Plan, Priority, Series, SeriesStep, SquareMetres, States, ZoneRow};
use crate::zone::{Reason, ZoneStatus};

fn words_of(language: &str) -> BTreeMap<String, String> {
    let table = LANGUAGES.iter().find(|table| table.0 == language).expect("a language");
    serde_json::from_str(table.1).expect("a table of words")
}

/// The block of a page with this id.
fn block<'a>(page: &'a str, id: &str) -> &'a str {
    let begin = page.find(&format!("id=\"{id}\">")).expect("the block") + id.len() + 6;
    &page[begin..begin + page[begin..].find("</script>").expect("its end")]
}

/// The `{names}` of a text.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_language_has_every_word_with_the_same_places() {
    let english = words_of("en");
    for (language, _) in LANGUAGES {
        let words = words_of(language);
        assert_eq!(english.keys().collect::<Vec<_>>(), words.keys().collect::<Vec<_>>(), "{language}");
        for (key, text) in &words {
            assert!(!text.trim().is_empty(), "{language}: {key}");
            assert_eq!(places(text), places(&english[key]), "{language}: {key}");
        }
        assert_eq!(words["months"].split(' ').count(), 12);
        assert_eq!(words["compass"].split(' ').count(), 8);
    }
}

#[test]
fn no_word_of_the_page_says_safe_of_land() {
    // The word itself in each language, and its kin.
    let banned = [
        ("en", vec!["safe", "secure", "harmless"]),
        ("az", vec!["təhlükəsiz", "zərərsiz"]),
        ("ru", vec!["безопас", "безвред"]),
        ("fr", vec!["sûr", "sécuri", "sans danger", "sans risque"]),
    ];
    for (language, roots) in banned {
        for (key, text) in words_of(language) {
            for root in &roots {
                assert!(!text.to_lowercase().contains(root), "{language}: {key}: {text}");
            }
        }
    }
    let seen = PAGE.to_lowercase();
    assert!(!seen.contains("safe"));
}

#[test]
fn every_word_that_the_scripts_ask_for_is_there() {
    let words = words_of("en");
    let known = |key: &str| words.contains_key(key);
    for script in SCRIPT {
        for (at, _) in script.match_indices("t(\"") {
            // Other functions end in a t as well.
            if script[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let key = script[at + 3..].split('"').next().unwrap_or_default();
            let known = if key.ends_with('.') { words.keys().any(|k| k.starts_with(key)) } else { known(key) };
            assert!(known, "no word for {key}");
        }
    }
    for status in ZoneStatus::ALL {
        assert!(known(&format!("status.{}", status.word())) && known(&format!("meaning.{}", status.word())));
    }
    for code in Reason::CODES {
        assert!(known(&format!("reason.{code}")), "{code}");
    }
    for marked in PAGE.split("data-t").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
        assert!(known(marked), "no word for {marked}");
    }
    // Codes without words are said in English; a word for a code that is no more would be dead.
    for key in words.keys().filter_map(|key| key.strip_prefix("code.")) {
        assert!(Code::ALL.iter().any(|code| code.word() == key), "{key}");
    }
}

/// Every colour of a text as red, green and blue.
fn colours(text: &str) -> Vec<(String, [f64; 3])> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('#') {
        let digits: String = text[at + 1..].chars().take_while(char::is_ascii_hexdigit).collect();
        let follows = text[at + 1 + digits.len()..].chars().next();
        if follows.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            continue;
        }
        let digit = |i: usize| f64::from(u8::from_str_radix(&digits[i..=i], 16).unwrap_or(0));
        match digits.len() {
            3 | 4 => found.push((format!("#{digits}"), [0, 1, 2].map(|i| 17.0 * digit(i)))),
            6 | 8 => found.push((format!("#{digits}"), [0, 2, 4].map(|i| 16.0 * digit(i) + digit(i + 1)))),
            _ => {}
        }
    }
    for name in ["rgb(", "rgba("] {
        for (at, _) in text.match_indices(name) {
            let inner = text[at + name.len()..].split(')').next().unwrap_or_default();
            let parts: Vec<f64> =
                inner.split([',', ' ', '/']).filter_map(|part| part.trim().parse::<f64>().ok()).collect();
            assert!(parts.len() >= 3, "{name}{inner}) is not understood");
            found.push((format!("{name}{inner})"), [parts[0], parts[1], parts[2]]));
        }
    }
    found
}

fn is_green([r, g, b]: [f64; 3]) -> bool {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    if most - least < 12.0 || g < most {
        return false;
    }
    let hue = 60.0 * (2.0 + (b - r) / (most - least));
    (65.0..=175.0).contains(&hue)
}

#[test]
fn no_colour_of_the_page_is_green() {
    assert!(is_green([0.0, 128.0, 0.0]) && is_green([40.0, 167.0, 69.0]) && is_green([127.0, 255.0, 0.0]));
    assert!(!is_green([255.0, 200.0, 0.0]) && !is_green([47.0, 109.0, 168.0]) && !is_green([200.0; 3]));
    let own: String = STYLE[1..].iter().chain(SCRIPT).chain([&PAGE]).copied().collect();
    let all = colours(&own);
    assert!(all.len() > 60, "the colours are found");
    for (name, colour) in all {
        assert!(!is_green(colour), "{name} is green");
    }
    let names = ["green", "lime", "olive", "teal", "chartreuse", "hsl(", "hwb(", "lab(", "lch(", "oklch(", "color("];
    for word in own.to_lowercase().split(|c: char| !(c.is_alphanumeric() || c == '(' || c == '-')) {
        assert!(!names.contains(&word) && !word.ends_with("green"), "{word}");
    }
}

#[test]
fn the_policy_names_what_stands_in_the_page_and_nothing_else() {
    let page = text("report.html", &sample::report());
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).and_then(|p| p.split('"').next());
    let policy = policy.expect("a policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe") && !policy.contains("http"));
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let run: Vec<&str> =
        page.split("<script>").skip(1).map(|rest| rest.split("</script>").next().unwrap_or_default()).collect();
    assert_eq!(run.len(), 3);
    for script in run {
        assert!(policy.contains(&hash(script)), "a script is not allowed to run");
    }
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    assert!(policy.contains(&hash(style)));
    assert!(!style.contains("url(") && !style.contains("@import"));
    for element in ["<link", "<img", "<iframe", "<object", " style=", " onclick=", "javascript:", "innerHTML"] {
        let own: String = SCRIPT.concat() + PAGE;
        assert!(!own.contains(element), "{element}");
    }
}

#[test]
fn hostile_text_stays_in_its_block() {
    let mut report = sample::report();
    let names = [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>&lt;",
        "\u{202e}evil\u{2028}\u{0}",
        "{{script}}{{policy}}",
        "\"'`${x}",
    ];
    for (district, name) in report.account.districts.iter_mut().zip(names) {
        district.name = Some(name.to_owned());
    }
    let page = text("report.html", &report);
    assert_eq!(page.matches("<script").count(), 6 + LEAFLET.matches("<script").count());
    assert_eq!(page.matches("</script").count(), 6);
    for id in ["report", "words"] {
        let block = block(&page, id);
        assert!(!block.contains(['<', '>', '&', '\u{2028}', '\0']), "{id}");
    }
    let data: Value = serde_json::from_str(block(&page, "report")).expect("JSON");
    let rows = data["districts"]["rows"].as_array().expect("rows");
    for (row, name) in rows.iter().zip(names.into_iter().chain(HOSTILE.into_iter().skip(names.len()))) {
        assert_eq!(row[1], name);
    }
}

#[test]
fn the_page_says_what_the_tables_say() {
    let report = sample::report();
    let data: Value = serde_json::from_str(block(&text("report.html", &report), "report")).expect("JSON");
    assert_eq!(data["unplaced_hazards"], 1);
    assert_eq!(data["zones"]["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["evidence"][0]["because"][0]["code"], "contaminated-land");
    assert_eq!(data["evidence"][0]["because"][0]["ids"][1], "</script>");
    assert_eq!(data["evidence"][0]["incidents"][0], serde_json::json!([0, 12.5]));
    // The worst finding first, whatever their order in the file.
    assert_eq!(data["findings"]["rows"][0][1], "error");
    assert_eq!(data["severities"].as_array().map(|s| s.iter().filter_map(Value::as_u64).sum()), Some(6_u64));
    assert_eq!(data["balance"]["rows"].as_array().map(Vec::len), Some(HOSTILE.len() + 2));
    assert!(data["map"]["within_m"].as_f64().is_some_and(|m| m <= 0.3));
    let mut tables_only = report;
    tables_only.account.settings.geometry = false;
    let page = text("report.html", &tables_only);
    assert!(block(&page, "shapes").is_empty());
    let data: Value = serde_json::from_str(block(&page, "report")).expect("JSON");
    assert!(data["map"].is_null(), "without shapes there is no map");
}

#[test]
fn of_very_many_zones_the_page_holds_the_gravest_and_counts_the_others() {
    use ZoneStatus::{Contaminated, Near, NoRecord, Released};
    let mut report = sample::report();
    let account = &mut report.account;
    let code = account.districts[0].code.clone();
    let given = [NoRecord, Near, Contaminated, Released, Near, Contaminated, Contaminated];
    let zone = account.zones[0].clone();
    account.zones = given
        .iter()
        .enumerate()
        .map(|(row, &status)| ZoneRow {
            id: format!("z{row}"),
            status,
            district: code.clone().filter(|_| row < 3),
            // Of the contaminated, that of row 5 has the most such land.
            states: States { confirmed: sample::cm2(100 + i64::from(row == 5)), ..States::default() },
            ..zone.clone()
        })
        .collect();
    let states = |row: usize| vec![States { cleared: sample::cm2(row as i64), ..States::default() }];
    account.series = Some(Series {
        step: SeriesStep::Yearly,
        dates: vec![jiff::civil::date(2024, 12, 31)],
        districts: Vec::new(),
        outside: Vec::new(),
        total: Vec::new(),
        zones: (0..given.len()).map(states).collect(),
    });
    let rank = |zone, rank, missing: Option<&str>| Priority {
        zone,
        rank,
        missing: missing.map(str::to_owned),
        score: 0.5,
        best_rank: rank,
        worst_rank: rank,
        people: None,
        homes: None,
        marginal: SquareMetres::ZERO,
        sentence: String::new(),
    };
    let plan =
        Plan { order: vec![rank(6, 1, None), rank(1, 2, None), rank(4, 3, Some("no people"))], ..Plan::default() };

    let read = |report: &Report, most| -> Value {
        serde_json::from_str(&content::content(report, &Held::of(report, most), None)).expect("JSON")
    };
    let ids = |data: &Value| -> Vec<String> {
        let rows = data["zones"]["rows"].as_array().expect("rows");
        rows.iter().map(|row| row[0].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(ids(&read(&report, 2)), ["z2", "z5"], "without an order of work by contaminated land, then by row");
    report.account.plan = Some(plan);
    assert_eq!(ids(&read(&report, 2)), ["z5", "z6"], "the first in the order of work");

    let data = read(&report, 4);
    assert_eq!(ids(&data), ["z1", "z2", "z5", "z6"]);
    assert_eq!(data["evidence"].as_array().map(Vec::len), Some(4));
    assert_eq!(data["series"]["zones"][0][0][5], 0.0001, "the states of row 1");
    assert_eq!(data["series"]["zones"].as_array().map(Vec::len), Some(4));
    assert_eq!(data["zones_by_status"], serde_json::json!([3, 2, 0, 1, 1]));
    assert_eq!(data["zones_by_district"][0], serde_json::json!([1, 1, 0, 0, 1]));
    let outside = data["zones_by_district"].as_array().and_then(|all| all.last());
    assert_eq!(outside, Some(&serde_json::json!([2, 1, 0, 1, 0])));
    // The order of work names the zones by their place in the page.
    let order = data["plan"]["order"].as_array().expect("an order");
    assert_eq!(order.iter().map(|place| place["zone"].as_u64()).collect::<Vec<_>>(), [Some(3), Some(0)]);
    assert_eq!((&data["plan"]["in_all"], &data["plan"]["ranked"]), (&3.into(), &2.into()));
    assert_eq!(ids(&read(&report, 7)).len(), 7, "all of them where they fit");
}
