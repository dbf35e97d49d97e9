//! Input that costs more than it looks: every one ends, in memory that its size warrants, and what is given up says which
//! limit it reached. Nothing here is timed; what takes for ever does not pass.

use remnant::read::{Limits, Request, Shape, Wanted, layers, open};
use remnant_fuzz::{hostile, memory, readers};
use remnant_geometry::{Budget, Footprint, NoFootprint, RawPolygon, Window, WindowFaces};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// Memory that a thing takes at most.
fn taken(run: impl FnOnce()) -> usize {
    let before = memory::begin();
    run();
    memory::peak_since(before)
}

/// One test, so that the memory of one case is not counted for another.
#[test]
fn hostile_input_ends_in_the_memory_that_its_size_warrants() {
    shapes_end();
    a_budget_can_be_raised();
    copies_do_not_count();
    borders_that_meet_too_often_end_a_window();
    deep_nesting_is_refused_or_read();
    wide_and_long_tables_are_read();
    counts_that_lie_take_nothing();
}

fn shapes_end() {
    let proper = ["round", "zigzag", "apart", "holes", "same", "flats", "spread"];
    for (name, _) in hostile::SHAPES {
        let corners = 20_000;
        let mut told = String::new();
        let peak = taken(|| told = hostile::tried(name, corners).expect("it is in the table"));
        assert!(peak < (32 << 20) + 4000 * corners, "{name} took {peak} bytes: {told}");
        assert_eq!(told.starts_with("a footprint"), proper.contains(name) || *name == "nested", "{name}: {told}");
        assert!(proper.contains(name) || told.contains("TooManyCrossings") || *name == "nested", "{name}: {told}");
    }
}

fn a_budget_can_be_raised() {
    let star = hostile::shape("star", 301).expect("it is in the table");
    let within = |corners, crossings| Footprint::within(&star, &Budget { corners, crossings }).map(drop);
    assert_eq!(within(1000, 100), Err(NoFootprint::TooManyCrossings(101)));
    assert_eq!(within(300, 1_000_000), Err(NoFootprint::TooManyCorners(302)));
    assert_eq!(within(302, 1_000_000_000), Ok(()));
}

/// A polygon that stands there many times adds nothing by the rule, and is not held against itself.
fn copies_do_not_count() {
    let polygons = hostile::shape("same", 200_000).expect("it is in the table");
    let (many, _) = Footprint::new(&polygons).expect("it has an area");
    let (one, _) = Footprint::new(&polygons[..1]).expect("it has an area");
    assert_eq!(many.area_m2(), one.area_m2());
    // A hole that stands there twice, too.
    let ring = |n: f64| [[0.0, 0.0], [n, 0.0], [n, n], [0.0, n], [0.0, 0.0]].map(|[x, y]| [x + 0.1, y + 0.1]).to_vec();
    let hole: Vec<[f64; 2]> = ring(0.1).iter().map(|[x, y]| [x + 0.1, y + 0.1]).collect();
    let area = |holes: usize| {
        let rings = std::iter::once(ring(1.0)).chain(std::iter::repeat_n(hole.clone(), holes)).collect();
        Footprint::new(&[RawPolygon { rings }]).expect("it has an area").0.area_m2()
    };
    assert_eq!((area(1), area(1)), (area(2), area(7)));
    let alone = Footprint::new(&[RawPolygon { rings: vec![ring(1.0), ring(1.0), ring(1.0)] }]);
    assert!(alone.is_err(), "a shell and itself as a hole leave nothing: {alone:?}");
}

fn borders_that_meet_too_often_end_a_window() {
    let teeth = |upright: bool| {
        let n = 200;
        let ring = (0..n).map(|i| {
            let (along, across) = (f64::from(i) / f64::from(n), if i % 2 == 0 { 0.0 } else { 1.0 });
            if upright { [across, along] } else { [along, across] }
        });
        let back = if upright { [[-0.1, 1.0], [-0.1, 0.0]] } else { [[1.0, -0.1], [0.0, -0.1]] };
        let place = |[x, y]: [f64; 2]| [46.0001 + 0.004 * x, 39.0001 + 0.004 * y];
        let ring: Vec<[f64; 2]> = ring.chain(back).map(place).collect();
        let rings = vec![ring.iter().chain(ring.first()).copied().collect()];
        Footprint::new(&[RawPolygon { rings }]).expect("teeth are ground").0
    };
    let combs = [teeth(false), teeth(true)];
    let (rows, columns) = Window::reached(&combs[0].bounds());
    let window = Window { row: *rows.start(), column: *columns.start() };
    let cut = |mut cutter: WindowFaces| {
        let face = &mut |_: &[u32], _| remnant_geometry::FaceClass::default();
        cutter.cut(window, (0..).zip(&combs), None, face)
    };
    assert!(cut(WindowFaces::meeting_at_most(1000)).is_err_and(|torn| torn.too_many));
    assert_eq!(cut(WindowFaces::default()), Ok(()));
}

/// Opens and reads; an error is told in words, and a feature that can't be read says why.
fn read(name: &str, content: &[u8]) -> String {
    let path = readers::put(name, content);
    let _ = layers(&path, Limits::default());
    let wanted = Wanted::new(["id"]);
    let features = open(&Request::of(&path, &wanted)).and_then(|source| source.read(0..source.len()));
    match features {
        Err(error) => error.to_string(),
        Ok(features) => {
            let why = features.iter().find_map(|f| match &f.shape {
                Shape::Unreadable { why, .. } => Some(why.clone()),
                _ => None,
            });
            why.unwrap_or_else(|| format!("{} features", features.len()))
        }
    }
}

fn deep_nesting_is_refused_or_read() {
    const DEEP: usize = 100_000;
    let nest = |open: &str, close: &str| format!("{}{}", open.repeat(DEEP), close.repeat(DEEP));
    let collection = nest("{\"type\":\"GeometryCollection\",\"geometries\":[", "]}");
    let feature = |geometry: &str| {
        format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"id\":\"a\"}},\"geometry\":{geometry}}}]}}"
        )
    };
    let brackets = format!("{{\"type\":\"Polygon\",\"coordinates\":{}}}", nest("[", "]"));
    // A collection of a collection, and so on, each of one: byte order, type and count.
    let binary = [[1, 7, 0, 0, 0, 1, 0, 0, 0]; 50_000].concat();
    for (name, content, says) in [
        ("deep.geojson", feature(&collection), "64 levels"),
        ("brackets.geojson", feature(&brackets), "64 levels"),
        (
            "deep.topojson",
            format!("{{\"type\":\"Topology\",\"arcs\":[],\"objects\":{{\"a\":{collection}}}}}"),
            "recursion limit",
        ),
        ("deep.kml", format!("<kml><Document>{}</Document></kml>", nest("<Folder>", "</Folder>")), "200 levels"),
        ("deep.csv", format!("id,wkt\n1,\"{}\"\n", nest("GEOMETRYCOLLECTION(", ")")), "in one another"),
    ] {
        let mut told = String::new();
        let peak = taken(|| told = read(name, content.as_bytes()));
        assert!(told.contains(says), "{name}: {told}");
        assert!(peak < (4 << 20) + 40 * content.len(), "{name} of {} bytes took {peak}", content.len());
    }
    let (shape, _) = remnant::read::fuzzed::well_known_binary(&binary);
    assert!(matches!(&shape, Shape::Unreadable { why, .. } if why.contains("in one another")), "{shape:?}");
}

fn wide_and_long_tables_are_read() {
    let (columns, long) = (200_000, 10_000_000);
    let header: String = (0..columns).map(|i| format!(",c{i}")).collect();
    let wide = format!("id,wkt{header}\n1,POINT(46 39){}\n", ",x".repeat(columns));
    let text = format!("id,wkt\n{},POINT(46 39)\n", "a".repeat(long));
    let many = format!("id,x,y\n{}", "1,a,b\n".repeat(100_000));
    let fields: String = (0..columns).map(|i| format!("\"p{i}\":1,")).collect();
    let properties = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{{fields}\"id\":\"a\"}},\"geometry\":null}}]}}"
    );
    for (name, content, says) in [
        ("wide.csv", wide, "1 features"),
        ("long.csv", text, "1 features"),
        ("many.csv", many, "coordinate"),
        ("fields.geojson", properties, "1 features"),
    ] {
        let mut told = String::new();
        let peak = taken(|| told = read(name, content.as_bytes()));
        assert!(told.contains(says), "{name}: {told}");
        assert!(peak < (8 << 20) + 100 * content.len(), "{name} of {} bytes took {peak}", content.len());
    }
}

/// Every four bytes of a small file made the largest number, one after the other: whatever is said of it, little is taken.
fn counts_that_lie_take_nothing() {
    let fixture = |name: &str| std::fs::read(remnant_fuzz::seeds::project().join("fixtures/formats").join(name));
    for name in ["hazards.fgb", "hazards.shp", "polygon_z.shp"] {
        let whole = fixture(name).expect("a fixture");
        for at in 0..whole.len() - 4 {
            for count in [[0xFF; 4], [0xFF, 0xFF, 0xFF, 0x7F], [0x7F, 0xFF, 0xFF, 0xFF]] {
                let mut content = whole.clone();
                content[at..at + 4].copy_from_slice(&count);
                let peak = taken(|| drop(read(name, &content)));
                assert!(peak < 4 << 20, "{name} with a large number at {at} took {peak}");
            }
        }
    }
    assert_eq!(Limits::default().set("nothing", 1).map_err(|why| why.contains("growth")), Err(true));
}
