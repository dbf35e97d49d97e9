//! What is drawn, point by point: a raster over the scene, and points beside its edges, each replayed by itself.

use remnant::records::{HazardClass, ReleaseKind};
use remnant::report::{Account, LandState};
use remnant_geometry::Point;
use remnant_geometry::plane::TURN;

use super::compare::Compared;
use super::contract::replay;
use super::ground::{Ground, Lies, steps_from};
use super::kinds::Dice;
use super::scenes::{Says, Scene};

/// How near to a border a point is left out, in steps: more than any border bends.
const KEEP_OFF: f64 = 4.0;

/// Points along each side of the raster.
const SIDE: i64 = 9;

/// Where the scene is looked at.
fn places(scene: &Scene) -> Vec<Point> {
    let edges: Vec<(Point, Point)> = scene.records.iter().flat_map(|r| r.ground.edges()).collect();
    let (xs, ys) = (|| edges.iter().map(|e| e.0.x), || edges.iter().map(|e| e.0.y));
    let (Some(west), Some(east)) = (xs().min(), xs().max()) else { return Vec::new() };
    let (south, north) = (ys().min().unwrap_or(0), ys().max().unwrap_or(0));
    let along = |low: i64, high: i64, i: i64| low + (high - low) / (SIDE + 1) * (i + 1);
    let mut places: Vec<Point> =
        (0..SIDE * SIDE).map(|i| Point { x: along(west, east, i % SIDE), y: along(south, north, i / SIDE) }).collect();
    let mut dice = Dice::new(edges.len() as u64);
    for _ in 0..60 {
        let (p, q) = dice.of(&edges);
        // In the middle of an edge and some steps beside it.
        let part = dice.within(1, 15);
        let mut beside = |a: i64, b: i64| a + (b - a) / 16 * part + dice.within(-40, 40);
        places.push(Point { x: beside(p.x, q.x), y: beside(p.y, q.y) });
    }
    places
}

/// The state that a drawn shape stands for.
fn drawn(state: LandState) -> Says {
    match state {
        LandState::Contaminated(HazardClass::Suspected) => Says::Suspected,
        LandState::Contaminated(HazardClass::Confirmed) => Says::Confirmed,
        LandState::Released(ReleaseKind::Cleared) => Says::Cleared,
        LandState::Released(ReleaseKind::Reduced) => Says::Reduced,
        LandState::Released(ReleaseKind::Cancelled) => Says::Cancelled,
    }
}

/// Holds the drawn shapes against the replay at each point.
pub fn compare(scene: &Scene, account: &Account, out: &mut Compared) {
    let shapes: Vec<(Option<String>, Says, Ground)> = account
        .shapes
        .iter()
        .map(|shape| {
            let code = shape.district.and_then(|row| account.districts[row].code.clone());
            (code, drawn(shape.state), Ground(shape.polygons.clone().into_vec()))
        })
        .collect();
    let as_of = scene.as_of();
    let grounds: Vec<&Ground> =
        scene.records.iter().map(|r| &r.ground).chain(scene.districts.iter().map(|d| &d.1)).collect();
    for p in places(scene) {
        if grounds.iter().flat_map(|g| g.edges()).any(|(a, b)| steps_from(p, a, b) < KEEP_OFF) {
            continue;
        }
        out.points += 1;
        let holds = |ground: &Ground| ground.lies(p) == Lies::Inside;
        let covering: Vec<usize> = (0..scene.records.len()).filter(|&n| holds(&scene.records[n].ground)).collect();
        let code = scene.districts.iter().filter(|d| holds(&d.1)).map(|d| d.0.clone()).min();
        let state = replay(scene, as_of, &covering).state;
        let want: Vec<(Option<String>, Says)> = state.map(|state| (code, state)).into_iter().collect();
        // Drawn shapes end at the antimeridian; the scene may go on beyond it.
        let turns = [p, Point { x: p.x - TURN, y: p.y }];
        let here = shapes.iter().filter(|s| turns.iter().any(|&p| s.2.lies(p) == Lies::Inside));
        let got: Vec<(Option<String>, Says)> = here.map(|s| (s.0.clone(), s.1)).collect();
        if want != got {
            out.wrong.push(format!("at {:?} {got:?} is drawn, and the records say {want:?}", p.degrees()));
        }
    }
}
