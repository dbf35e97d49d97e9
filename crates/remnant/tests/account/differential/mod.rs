//! The account a second way, exactly: random and adversarial surveys, held against an accounting that was written from
//! the contract and shares no code with the first.
//!
//! | module | what |
//! |---|---|
//! | `kinds`, `scenes` | the surveys: places on Earth, kinds of ground; records, dates, policies |
//! | `ground` | rings as their source gives them: winding numbers, exactly |
//! | `slabs`, `weighed` | ground by exact fractions: no snapping, no tiles; square metres by quadrature |
//! | `contract` | the replay and every figure, from the areas of `slabs` |
//! | `nearness` | which zones are near to what |
//! | `raster` | what is drawn, point by point, against the replay at that point |
//! | `compare` | the two accounts, figure by figure |
//! | `known` | surveys in which they differed once |
//!
//! `REMNANT_SCENARIOS` says how many surveys are tried and `REMNANT_SEED` the first of them, so that one that fails is
//! tried again alone.

mod compare;
mod contract;
mod ground;
mod kinds;
mod known;
mod nearness;
mod raster;
mod scenes;
#[path = "../../../../remnant-geometry/tests/proof/slabs.rs"]
mod slabs;
mod weighed;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use remnant::account::account;
use remnant::progress::Silent;
use remnant::report::{SeriesStep, SquareMetres};
use remnant::settings::Settings;

use crate::incremental::with_cache;
use crate::seed;
use compare::{Compared, compare};
use contract::expected;
use kinds::KINDS;
use scenes::Scene;

/// How many surveys are tried where nobody asks for more.
const SCENARIOS: u64 = 280;

fn asked(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number and is {text:?}")),
        Err(_) => otherwise,
    }
}

/// Accounts for a survey both ways.
fn judge(scene: &Scene) -> Compared {
    let survey = scene.survey();
    let account = match account(survey.clone(), &scene.settings, &Silent) {
        Ok(account) => account,
        Err(e) => return Compared::failed(format!("there is no account: {e}")),
    };
    let mut compared = compare(scene, &expected(scene), &account);
    raster::compare(scene, &account, &mut compared);
    compared
}

#[test]
#[expect(clippy::print_stdout, reason = "how much was compared, and how to do it again")]
fn accounts_agree_with_exact_slabs() {
    let (first, count) = (seed::base(), asked("REMNANT_SCENARIOS", SCENARIOS));
    assert!(count > 0, "no scenario is asked for");
    let (next, began) = (AtomicU64::new(first), Instant::now());
    let sums = Mutex::new((Compared::default(), [0_u64; KINDS.len()]));
    let work = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= first + count {
            return;
        }
        let scene = Scene::new(seed);
        let mut compared = judge(&scene);
        for wrong in &mut compared.wrong {
            *wrong = format!("REMNANT_SEED={seed} REMNANT_SCENARIOS=1 ({}): {wrong}", scene.name());
        }
        let mut sums = sums.lock().unwrap();
        sums.0.add(compared);
        sums.1[scene.kind] += 1;
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let (sums, kinds) = sums.into_inner().unwrap();
    println!(
        "{count} scenarios from seed {first}: {} figures and {} points compared, {} left out at a threshold, {} wrong; {:.0} s",
        sums.figures,
        sums.points,
        sums.doubtful,
        sums.wrong.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(count < 100 || kinds.iter().all(|&n| n > 0), "{kinds:?}: every kind must be tried");
    // Surveys in which nothing is left to compare prove nothing.
    assert!(sums.figures > 100 * count && sums.points > 20 * count, "{} figures, {} points", sums.figures, sums.points);
    assert!(sums.doubtful * 20 < sums.figures, "{} of {} were left out", sums.doubtful, sums.figures);
    assert!(
        sums.wrong.is_empty(),
        "{} wrong:\n{}",
        sums.wrong.len(),
        sums.wrong[..sums.wrong.len().min(20)].join("\n")
    );
}

#[test]
fn accounts_come_back_from_a_cache_as_they_were() {
    for seed in seed::of(0..4 * KINDS.len() as u64) {
        let scene = Scene::new(seed);
        let (survey, folder) = (scene.survey(), tempfile::tempdir().unwrap());
        let settings = &Settings { series: (seed % 2 == 0).then_some(SeriesStep::Yearly), ..scene.settings };
        let Ok(without) = account(survey.clone(), settings, &Silent) else { continue };
        for reused in [false, true] {
            let (with, used) = with_cache(&survey, settings, folder.path());
            assert!(with == without, "REMNANT_SEED={seed}: reused: {reused}");
            assert_eq!(
                (used.reused, used.trouble),
                (if reused { used.windows } else { 0 }, None),
                "REMNANT_SEED={seed}"
            );
        }
    }
}

#[test]
fn a_figure_that_is_wrong_is_found() {
    let scene = (0..).map(Scene::new).find(|s| s.kind == 0 && !s.districts.is_empty()).unwrap();
    let (survey, want) = (scene.survey(), expected(&scene));
    let right = account(survey.clone(), &scene.settings, &Silent).unwrap();
    assert!(compare(&scene, &want, &right).wrong.is_empty());
    type Spoil<'a> = &'a dyn Fn(&mut remnant::report::Account);
    let spoil: [(&str, Spoil<'_>); 6] = [
        ("suspected", &|a| a.total.states.suspected += SquareMetres::from_square_centimetres(10_000)),
        ("releases", &|a| a.total.releases += 1),
        ("closing", &|a| a.total.balance.closing.0 += SquareMetres::from_square_centimetres(10_000)),
        ("geometry", &|a| a.records.change(|rows| rows[0].geometry = Some(SquareMetres::ZERO))),
        ("district", &|a| a.districts[0].figures.area = SquareMetres::ZERO),
        ("incidents", &|a| a.total.incidents += 1),
    ];
    for (name, spoil) in spoil {
        let mut wrong = right.clone();
        spoil(&mut wrong);
        let found = compare(&scene, &want, &wrong).wrong;
        assert!(found.len() == 1 && found[0].contains(name), "{name}: {found:?}");
    }
    let mut moved = right.clone();
    let shape = moved.shapes.iter_mut().max_by_key(|s| s.area).unwrap();
    shape.polygons = remnant_geometry::Polygons::default();
    let mut compared = Compared::default();
    raster::compare(&scene, &moved, &mut compared);
    assert!(!compared.wrong.is_empty(), "land that is not drawn is not missed");
}
