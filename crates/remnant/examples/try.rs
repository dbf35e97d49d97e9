use remnant::pipeline::*;
use remnant::report::*;
use remnant::settings::*;
fn main() {
    let mut layers = vec![];
    let mut settings = Settings::new(jiff::civil::date(2026, 11, 22));
    settings.geometry = std::env::var("GEOM").is_ok();
    for a in std::env::args().skip(1) {
        if a == "ignore" {
            settings.dates = DatePolicy::Ignore;
            continue;
        }
        if let Some(t) = a.strip_prefix("threads=") {
            settings.threads = Some(t.parse().unwrap());
            continue;
        }
        if let Some(t) = a.strip_prefix("asof=") {
            settings.as_of = Some(t.parse().unwrap());
            continue;
        }
        let (r, p) = a.split_once('=').unwrap();
        let role = match r {
            "h" => Role::Hazards,
            "r" => Role::Releases,
            "d" => Role::Districts,
            "z" => Role::Zones,
            _ => Role::Incidents,
        };
        layers.push(LayerSpec {
            role,
            path: p.into(),
            layer: None,
            crs: None,
            encoding: None,
            class: None,
            kind: if std::env::var("KIND").is_ok() { Some(remnant::records::ReleaseKind::Cleared) } else { None },
        });
    }
    match run(&Job { layers, settings }, &remnant::progress::Silent) {
        Err(e) => println!("{e}"),
        Ok(r) => {
            let t = &r.account.total;
            println!("{:#?}", t);
            for c in &r.account.checks {
                println!("{} {} {}", c.holds, c.difference, c.name);
            }
            for i in &r.inputs {
                println!("{:?} {} {} {} {}", i.role, i.records, i.used, i.repaired, i.set_aside);
            }
            println!(
                "{:?} findings {} seconds {} mem {:?}",
                r.account.settings.as_of,
                r.account.findings.len(),
                r.run.seconds,
                r.run.peak_memory_bytes
            );
            if std::env::var("ROWS").is_ok() {
                for d in &r.account.districts {
                    println!(
                        "{:?} {:?} base {} rem {} rel {}",
                        d.code,
                        d.name,
                        d.figures.states.baseline(),
                        d.figures.states.remaining(),
                        d.figures.states.released()
                    );
                }
            }
        }
    }
}
