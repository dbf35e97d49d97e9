//! A panic anywhere in a run: an error that says what was being done, and never a figure, an abort or a hang.

use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::date;
use remnant::error::{Error, FAULT};
use remnant::pipeline::{self, Job, LayerSpec};
use remnant::progress::Progress;
use remnant::report::{Role, SeriesStep, SquareMetres};
use remnant::settings::Settings;

/// Panics at the one call, whichever thread makes it.
struct Bomb {
    at: usize,
    calls: AtomicUsize,
}

impl Bomb {
    fn new(at: usize) -> Self {
        Self { at, calls: AtomicUsize::new(0) }
    }

    fn tick(&self) {
        assert!(self.calls.fetch_add(1, Ordering::SeqCst) != self.at, "by design");
    }
}

impl Progress for Bomb {
    fn stage(&self, _: &str, _: u64) {
        self.tick();
    }

    fn advance(&self, _: u64) -> bool {
        self.tick();
        false
    }
}

fn job() -> Job {
    let file = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/areas").join(name);
    let layers = [
        (Role::Hazards, "evidence-points/hazards.geojson"),
        (Role::Releases, "evidence-points/releases.geojson"),
        (Role::Districts, "evidence-points/districts.geojson"),
        (Role::Zones, "evidence-points/zones.geojson"),
        (Role::Incidents, "border-counts/incidents.geojson"),
        (Role::Exposure, "evidence-points/zones.geojson"),
    ];
    let layers = layers.into_iter().map(|(role, name)| LayerSpec::new(role, file(name))).collect();
    let settings = Settings {
        since: Some(date(2010, 1, 1)),
        series: Some(SeriesStep::Yearly),
        faces: true,
        threads: Some(3),
        ..Settings::new(date(2026, 1, 1))
    };
    Job { layers, settings }
}

/// Lets a bomb go off at every call in turn until one run is whole, and counts.
fn bombs(run: &dyn Fn(&Bomb) -> Result<(), Error>) -> usize {
    static QUIET: Once = Once::new();
    // What is thrown on purpose need not be printed a hundred times.
    QUIET.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload_as_str() != Some("by design") {
                hook(panic);
            }
        }));
    });
    let mut at = 0;
    loop {
        match run(&Bomb::new(at)) {
            Ok(()) => return at,
            Err(Error::Failed(trouble)) if trouble.what == FAULT && trouble.to_string().contains("by design") => {
                at += 1
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_panic_at_any_step_of_a_run_is_an_error_that_names_the_stage() {
    let job = job();
    let calls = bombs(&|bomb| pipeline::run(&job, bomb).map(|_| ()));
    assert!(calls > 15, "{calls} calls");
    let error = pipeline::run(&job, &Bomb::new(2)).unwrap_err().to_string();
    assert!(error.contains("reading ") && error.contains("what to do"), "{error}");
}

#[test]
fn a_panic_over_a_piece_of_ground_names_its_records_and_says_what_it_said() {
    let job = job();
    let told = |at: usize| pipeline::run(&job, &Bomb::new(at)).err().map(|error| error.to_string());
    let over_ground: Vec<String> =
        (0..).map_while(told).filter(|text| text.contains("while accounting for a piece of ground")).collect();
    assert!(!over_ground.is_empty());
    assert!(over_ground.iter().all(|text| text.contains("ground: by design; near longitude")), "{over_ground:#?}");
    assert!(over_ground.iter().any(|text| text.contains("; records there: release r")), "{over_ground:#?}");
}

#[test]
fn a_panic_at_any_step_of_accounts_for_several_dates_is_an_error() {
    let job = job();
    let dates = [(None, date(2015, 1, 1)), (Some(date(2015, 1, 1)), date(2020, 1, 1))];
    assert!(bombs(&|bomb| pipeline::accounts(&job, &dates, bomb).map(|_| ())) > 15);
}

#[test]
fn published_areas_that_overflow_are_faults_and_never_figures() {
    let most = std::hint::black_box(i64::MAX);
    let sum =
        || SquareMetres::from_square_centimetres(most) + SquareMetres::from_square_centimetres(std::hint::black_box(1));
    assert!(std::panic::catch_unwind(sum).is_err());
}
