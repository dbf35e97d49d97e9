use super::*;

/// The `.prj` file of a real layer, as Esri's programs write it: no codes, no axes.
const ESRI_ZONE_8: &str = r#"PROJCS["Pulkovo_1942_GK_Zone_8",GEOGCS["GCS_Pulkovo_1942",DATUM["D_Pulkovo_1942",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",8500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",45.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

const ESRI_MERCATOR: &str = r#"PROJCS["WGS_84_World_Mercator",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Mercator"],PARAMETER["central_meridian",0],PARAMETER["false_easting",0],PARAMETER["false_northing",0],PARAMETER["standard_parallel_1",0],UNIT["Meter",1]]"#;

/// OGC WKT with its own datum shift and its axes in the order of the authority, northing first.
const BOUND_ZONE_8: &str = r#"PROJCS["Pulkovo 1942 / Gauss-Kruger zone 8",GEOGCS["Pulkovo 1942",DATUM["Pulkovo_1942",SPHEROID["Krassowsky 1940",6378245,298.3],TOWGS84[23.57,-140.95,-79.8,0,0.35,0.79,-0.22]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",45],PARAMETER["scale_factor",1],PARAMETER["false_easting",8500000],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Northing",NORTH],AXIS["Easting",EAST]]"#;

const BOUND_WGS84: &str = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AXIS["Latitude",NORTH],AXIS["Longitude",EAST]]"#;

const WKT2_UTM: &str = r#"PROJCRS["mine",BASEGEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563]]],CONVERSION["UTM 38N",METHOD["Transverse Mercator"],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",45,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",0.9996,SCALEUNIT["unity",1]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["(E)",east],AXIS["(N)",north],LENGTHUNIT["metre",1]]"#;

const PROJJSON: &str = r#"{"type": "GeographicCRS", "name": "mine", "datum": {"type": "GeodeticReferenceFrame", "name": "World Geodetic System 1984", "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6378137, "inverse_flattening": 298.257223563}}, "coordinate_system": {"subtype": "ellipsoidal", "axis": [{"name": "Latitude", "abbreviation": "lat", "direction": "north", "unit": "degree"}, {"name": "Longitude", "abbreviation": "lon", "direction": "east", "unit": "degree"}]}}"#;

/// A box around Azerbaijan in zone 8, in metres.
const AZERBAIJAN: [f64; 4] = [8_480_000.0, 4_280_000.0, 8_960_000.0, 4_640_000.0];

fn crs(definition: &str) -> Crs {
    Crs::parse(definition).unwrap_or_else(|error| panic!("{error}"))
}

fn choose(definition: &str, extent: Option<[f64; 4]>) -> Operation {
    Operation::choose(&crs(definition), extent).unwrap_or_else(|error| panic!("{error}"))
}

fn lonlat(operation: &Operation, point: [f64; 2]) -> [f64; 2] {
    let mut points = [point];
    let transformer = operation.transformer().unwrap_or_else(|error| panic!("{error}"));
    transformer.to_lonlat(&mut points).unwrap_or_else(|error| panic!("{error}"));
    points[0]
}

/// Both within 0.1 mm on the ground.
#[track_caller]
fn assert_near(found: [f64; 2], expected: [f64; 2]) {
    let distance = (found[0] - expected[0]).abs().max((found[1] - expected[1]).abs());
    assert!(distance < 1e-9, "found {found:?}, expected {expected:?}");
}

#[test]
fn every_form_of_definition_is_understood() {
    for (definition, code) in [
        ("EPSG:32638", Some("EPSG:32638")),
        (" epsg:32638\n", Some("EPSG:32638")),
        ("32638", Some("EPSG:32638")),
        ("urn:ogc:def:crs:EPSG::32638", Some("EPSG:32638")),
        ("http://www.opengis.net/def/crs/EPSG/0/32638", Some("EPSG:32638")),
        ("+init=epsg:32638 +no_defs", Some("EPSG:32638")),
        ("WGS 84 / UTM zone 38N", Some("EPSG:32638")),
        ("+proj=utm +zone=38 +datum=WGS84", None),
        ("ESRI:102100", Some("ESRI:102100")),
        ("EPSG:28408+5705", Some("EPSG:28408")),
        (ESRI_ZONE_8, Some("EPSG:28408")),
        (ESRI_MERCATOR, Some("EPSG:3395")),
        (BOUND_ZONE_8, None),
        (WKT2_UTM, None),
    ] {
        let found = crs(definition);
        if let Some(code) = code {
            assert_eq!(found.authority_code().as_deref(), Some(code), "{definition}");
        }
        assert_eq!(found.definition(), definition);
        assert!(!found.is_geographic() && !found.is_lonlat_wgs84(), "{definition}");
    }
    assert_eq!(crs(BOUND_ZONE_8).authority_code(), None);
    assert_eq!(crs(ESRI_ZONE_8).name(), "Pulkovo 1942 / Gauss-Kruger zone 8");
}

#[test]
fn wgs84_needs_no_transformation() {
    for definition in [
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "CRS84",
        "WGS 84",
        "wgs84",
        "EPSG:4979", // with heights
        "EPSG:9057", // a realisation
        "EPSG:4326+5773",
        "+proj=longlat +datum=WGS84 +no_defs",
        BOUND_WGS84,
        PROJJSON,
        "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]",
    ] {
        let found = crs(definition);
        assert!(found.is_lonlat_wgs84() && found.is_geographic(), "{definition}");
        let operation = choose(definition, Some([40.0, 38.0, 50.0, 42.0]));
        assert!(operation.is_identity() && operation.note().is_none(), "{definition}");
        assert_eq!(lonlat(&operation, [46.123_456_789_012_3, 40.1]), [46.123_456_789_012_3, 40.1]);
    }
    assert_eq!(crs("OGC:CRS84"), Crs::wgs84());
    for definition in ["EPSG:4258", "EPSG:4269", "EPSG:4284", "+proj=longlat +ellps=WGS84 +pm=paris"] {
        assert!(!crs(definition).is_lonlat_wgs84(), "{definition}");
    }
}

#[test]
fn a_layer_in_pulkovo_1942_gets_one_operation_for_all_of_it() {
    let operation = choose(ESRI_ZONE_8, Some(AZERBAIJAN));
    assert_eq!(operation.name(), "Pulkovo 1942 to WGS 84 (16)");
    assert_eq!(operation.code(), Some("EPSG:15865"));
    assert_eq!(operation.accuracy_m(), Some(4.5));
    assert_eq!(operation.note(), None);
    // Calculated with PROJ 9.5.1 as built by others.
    assert_near(lonlat(&operation, [8_600_000.0, 4_450_000.0]), [46.172_847_452_772_665, 40.177_607_584_140_73]);
    assert_eq!(operation, choose(ESRI_ZONE_8, Some(AZERBAIJAN)));
    assert_eq!(operation.pipeline(), choose("EPSG:28408", Some(AZERBAIJAN)).pipeline());
}

/// PROJ changes its operation at longitude 48.895 when it chooses for each point, by 3.9 m.
#[test]
fn no_polygon_is_torn_where_proj_would_change_its_choice() {
    let operation = choose("EPSG:28409", Some([9_200_000.0, 4_280_000.0, 9_360_000.0, 4_640_000.0]));
    assert_eq!(operation.name(), "Pulkovo 1942 to WGS 84 (16)");
    let mut line: Vec<[f64; 2]> = (0..2_000).map(|step| [9_318_000.0 + f64::from(step), 4_374_000.0]).collect();
    let transformer = operation.transformer().unwrap_or_else(|error| panic!("{error}"));
    transformer.to_lonlat(&mut line).unwrap_or_else(|error| panic!("{error}"));
    assert!(line[0][0] < 48.895 && line[1_999][0] > 48.895);
    for pair in line.windows(2) {
        let metres = (pair[1][0] - pair[0][0]) * 111_320.0 * pair[0][1].to_radians().cos();
        assert!((metres - 1.0).abs() < 0.01, "a step of 1 m became {metres} m");
    }
    assert_near(lonlat(&operation, [9_319_000.0, 4_374_000.0]), [48.895_250_580_152_85, 39.480_071_912_319_05]);
}

/// On its central meridian, UTM is the length of the meridian from the equator, times 0.9996.
#[test]
fn utm_agrees_with_the_length_of_the_meridian() {
    let operation = choose("EPSG:32638", None);
    assert_eq!((operation.name(), operation.accuracy_m()), ("Inverse of UTM zone 38N", Some(0.0)));
    assert_near(lonlat(&operation, [500_000.0, 0.0]), [45.0, 0.0]);
    // The meridian's length to latitude 45, by Helmert's series in the third flattening n.
    let n: f64 = 1.0 / 298.257_223_563 / (2.0 - 1.0 / 298.257_223_563);
    let latitude = std::f64::consts::FRAC_PI_4;
    let series = (1.0 + n.powi(2) / 4.0 + n.powi(4) / 64.0) * latitude
        - 1.5 * (n - n.powi(3) / 8.0) * (2.0 * latitude).sin()
        + 15.0 / 16.0 * (n.powi(2) - n.powi(4) / 4.0) * (4.0 * latitude).sin()
        - 35.0 / 48.0 * n.powi(3) * (6.0 * latitude).sin();
    let northing = 0.9996 * 6_378_137.0 / (1.0 + n) * series;
    assert_near(lonlat(&operation, [500_000.0, northing]), [45.0, 45.0]);
    assert_near(lonlat(&operation, [400_000.0, 4_400_000.0]), [43.832_848_124_654_23, 39.744_039_562_951_1]);
    assert_near(
        lonlat(&choose(WKT2_UTM, None), [400_000.0, 4_400_000.0]),
        [43.832_848_124_654_23, 39.744_039_562_951_1],
    );
}

#[test]
fn mercators_are_told_apart() {
    let radius = 6_378_137.0_f64;
    let sphere = (5e6 / radius).sinh().atan().to_degrees();
    for definition in ["EPSG:3857", "ESRI:102100"] {
        assert_near(lonlat(&choose(definition, None), [5e6, 5e6]), [(5e6 / radius).to_degrees(), sphere]);
    }
    // On the ellipsoid it is 20 km further north.
    assert_near(lonlat(&choose(ESRI_MERCATOR, None), [5e6, 5e6]), [44.915_764_205_976_075, 41.106_745_039_498_65]);
}

#[test]
fn coordinates_are_in_map_order_whatever_the_authority_says() {
    // Latitude first in EPSG; northing first in EPSG; northing first in WKT with a datum shift of its own.
    let pulkovo = choose("EPSG:4284", Some([44.0, 38.0, 50.5, 42.0]));
    assert_near(lonlat(&pulkovo, [46.5, 40.0]), [46.498_796_714_300_56, 39.999_907_849_782_52]);
    let bound = choose(BOUND_ZONE_8, Some(AZERBAIJAN));
    assert_near(lonlat(&bound, [8_600_000.0, 4_600_000.0]), [46.196_932_310_376_916, 41.528_046_033_608_16]);
    assert_eq!(bound.accuracy_m(), None);
}

#[test]
fn units_and_meridians_are_respected() {
    // US survey feet, and a prime meridian through Paris with angles in grads.
    let feet = choose("EPSG:2263", Some([980_000.0, 190_000.0, 1_010_000.0, 210_000.0]));
    assert_near(lonlat(&feet, [1_000_000.0, 200_000.0]), [-73.943_185_068_262_45, 40.715_616_478_723_89]);
    let paris = choose("EPSG:27572", None);
    assert_near(lonlat(&paris, [600_000.0, 2_400_000.0]), [2.336_509_263_664, 48.598_672_390_520_576]);
    assert_eq!(paris.name(), "NTF (Paris) to NTF (1) + NTF to WGS 84 (1)");
}

#[test]
fn the_most_accurate_operation_for_the_extent_wins_and_the_most_local_of_equals() {
    let bosnia = choose("EPSG:3906", Some([16.0, 43.0, 18.0, 45.0]));
    assert_eq!((bosnia.name(), bosnia.accuracy_m()), ("MGI 1901 to WGS 84 (13)", Some(1.0)));
    assert_near(lonlat(&bosnia, [17.0, 44.0]), [16.995_077_442_810_906, 44.000_007_575_702_725]);
    let all = choose("EPSG:3906", None);
    assert_eq!((all.name(), all.accuracy_m()), ("MGI 1901 to WGS 84 (1)", Some(5.0)));
    let coast = choose("EPSG:4284", Some([49.0, 38.5, 50.0, 40.0]));
    assert_eq!((coast.name(), coast.accuracy_m()), ("Pulkovo 1942 to WGS 84 (15)", Some(2.0)));
    let same_area = Operation::choose_for_area(&crs("EPSG:28409"), [49.0, 38.5, 50.0, 40.0]);
    assert_eq!(same_area.map(|operation| operation.name().to_owned()), Ok(coast.name().to_owned()));
}

#[test]
fn notes_tell_what_is_doubtful() {
    let usa = choose("EPSG:4267", Some([-100.0, 30.0, -95.0, 32.0]));
    assert!(matches!(usa.notes(), [OperationNote::BetterNeedsGrid { .. }]), "{:?}", usa.notes());
    let unknown = choose("+proj=longlat +ellps=krass", None);
    assert!(unknown.is_ballpark() && unknown.accuracy_m().is_none());
    assert_eq!(unknown.notes(), [OperationNote::Ballpark]);
    // Degrees in a layer that says metres.
    let degrees = choose("EPSG:28408", Some([44.0, 39.0, 50.0, 41.0]));
    assert_eq!(degrees.name(), "Pulkovo 1942 to WGS 84 (16)");
    assert_eq!(degrees.notes()[0], OperationNote::OutsideSystem);
    let europe_only = choose("EPSG:4258", Some([44.0, 39.0, 50.0, 41.0]));
    assert_eq!((europe_only.name(), europe_only.accuracy_m()), ("ETRS89 to WGS 84 (1)", Some(1.0)));
    assert!(europe_only.notes().contains(&OperationNote::PartlyOutside { share: 0.0 }));
    let absurd = choose("EPSG:32638", Some([0.0, 0.0, 1e30, 1e30]));
    assert_eq!(absurd.notes(), [OperationNote::ExtentNotOnEarth]);
    let empty = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    assert_eq!(choose("EPSG:32638", Some(empty)).notes(), []);
    // An extent across the antimeridian, in and around Fiji.
    assert_eq!(choose("EPSG:32760", Some([400_000.0, 7_900_000.0, 900_000.0, 8_300_000.0])).notes(), []);
    assert!(usa.note().is_some_and(|note| note.contains("us_noaa_conus.tif")));
}

#[test]
fn what_is_missing_is_refused_by_name() {
    for definition in ["EPSG:4608", "+proj=longlat +ellps=clrk66 +nadgrids=elsewhere.gsb"] {
        let refused = Operation::choose(&crs(definition), None);
        assert!(matches!(refused, Err(CrsError::NeedsGrid { .. })), "{definition}: {refused:?}");
    }
}

#[test]
fn junk_is_refused_with_advice() {
    for definition in [
        "",
        "  ",
        "banana",
        "WGS",
        "EPSG:999999",
        "123456789012345678901234567890",
        "PROJCS[\"x\"",
        "{\"type\":",
        "+proj=utm",
        "+proj=nosuch",
        "a\0b",
        "urn:ogc:def:crs:EPSG::",
    ] {
        let error = Crs::parse(definition).expect_err(definition);
        assert!(matches!(error, CrsError::Unknown { .. }), "{error}");
        assert!(error.to_string().contains("--crs EPSG:32638"), "{error}");
    }
    for definition in [
        "EPSG:4978",
        "EPSG:5773",
        "LOCAL_CS[\"site\",UNIT[\"m\",1]]",
        "+proj=pipeline +step +proj=noop",
        "+proj=noop",
        "EPSG:15865",
        "urn:ogc:def:coordinateOperation:EPSG::15865",
    ] {
        let error = Crs::parse(definition).expect_err(definition).to_string();
        assert!(error.contains(definition) && error.len() < 300, "{error}");
    }
    let long = format!("GEOGCS[\"{}\"", "x".repeat(10_000));
    assert!(Crs::parse(&long).expect_err("no end").to_string().len() < 400);
}

#[test]
fn the_coordinate_that_fails_is_named_and_those_before_it_are_done() {
    let transformer = choose("EPSG:32638", None).transformer().unwrap_or_else(|error| panic!("{error}"));
    for wrong in [[f64::NAN, 0.0], [500_000.0, f64::INFINITY], [1e30, 1e30]] {
        let mut points = [[500_000.0, 0.0], wrong, [500_000.0, 0.0]];
        let error = transformer.to_lonlat(&mut points).expect_err("not on Earth");
        assert_eq!(error.index, 1, "{error}");
        assert_near(points[0], [45.0, 0.0]);
        assert_eq!(points[2], [500_000.0, 0.0]);
    }
    for definition in ["EPSG:4326", "EPSG:4258"] {
        let transformer = choose(definition, None).transformer().unwrap_or_else(|error| panic!("{error}"));
        for wrong in [[f64::NAN, 0.0], [0.0, 90.1], [361.0, 0.0], [4_400_000.0, 500_000.0]] {
            assert_eq!(transformer.to_lonlat(&mut [[0.0, 0.0], wrong]).map_err(|error| error.index), Err(1));
        }
        let mut pole = [[180.0, -90.000_000_000_1]];
        assert_eq!(transformer.to_lonlat(&mut pole), Ok(()));
        assert_eq!(pole, [[180.0, -90.0]]);
    }
}

#[test]
fn the_way_back_leads_back() {
    for (definition, point) in [
        ("EPSG:32638", [400_000.0, 4_400_000.0]),
        ("EPSG:28408", [8_600_000.0, 4_450_000.0]),
        ("EPSG:4326", [46.0, 40.0]),
    ] {
        let operation = choose(definition, None);
        let transformer = operation.transformer().unwrap_or_else(|error| panic!("{error}"));
        let mut points = [lonlat(&operation, point)];
        transformer.to_source(&mut points).unwrap_or_else(|error| panic!("{error}"));
        let off = (points[0][0] - point[0]).abs().max((points[0][1] - point[1]).abs());
        assert!(off < 0.001, "{definition} is off by {off}");
        assert!(transformer.to_source(&mut [[0.0, 100.0]]).is_err());
    }
}

#[test]
fn threads_agree_to_the_bit() {
    let run = || {
        let operation = choose(ESRI_ZONE_8, Some(AZERBAIJAN));
        let mut points: Vec<[f64; 2]> =
            (0..1_000).map(|step| [8_500_000.0 + f64::from(step) * 100.0, 4_400_000.0]).collect();
        for part in points.chunks_mut(100) {
            let transformer = operation.transformer().unwrap_or_else(|error| panic!("{error}"));
            transformer.to_lonlat(part).unwrap_or_else(|error| panic!("{error}"));
        }
        (operation, points)
    };
    let expected = run();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), expected);
        }
    });
}

#[test]
fn degrees_can_be_told_from_metres() {
    assert!(lonlat_plausible([44.8, 38.4, 50.4, 41.9]));
    assert!(lonlat_plausible([-180.0, -90.0, 180.0, 90.0]));
    assert!(!lonlat_plausible([8_480_000.0, 4_280_000.0, 8_960_000.0, 4_640_000.0]));
    assert!(!lonlat_plausible([38.4, 44.8, 41.9, 150.4]));
    assert!(!lonlat_plausible([f64::NAN, 0.0, 1.0, 1.0]));
    assert!(!lonlat_plausible([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]));
}

/// The layer itself, where the project's data are at hand.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn the_system_of_a_layer_in_the_projects_data_is_understood() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    for (file, expected) in [
        ("derived-crs-dev/aze_rayon_pulkovo42_gk8_cp1251.prj", "Pulkovo 1942 to WGS 84 (16)"),
        ("formats-dev/shp/e_merc.prj", "Inverse of unnamed"),
    ] {
        match std::fs::read_to_string(data.join(file)) {
            Ok(definition) => assert_eq!(choose(&definition, None).name(), expected),
            Err(_) => eprintln!("skipped: {file} is not there"),
        }
    }
}

#[test]
fn definitions_and_operations_may_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Crs>();
    crosses::<Operation>();
    crosses::<CrsError>();
}
