//! Real files, held against what GDAL 3.12.4 reads of them: counts, extents and texts.

use super::testing::{read_with, shared};
use super::{Shape, Value};

/// What GDAL gives, and what is right where it is wrong.
struct Case {
    file: &'static str,
    count: usize,
    extent: Option<[f64; 4]>,
    /// A field and its value in the first feature.
    text: Option<(&'static str, &'static str)>,
}

const fn case(
    file: &'static str,
    count: usize,
    extent: Option<[f64; 4]>,
    text: Option<(&'static str, &'static str)>,
) -> Case {
    Case { file, count, extent, text }
}

const CASES: &[Case] = &[
    case(
        "kml/cdata.kml",
        1,
        Some([-122.0822035425683, 37.42228990140251, -122.0822035425683, 37.42228990140251]),
        Some(("description", "Here is some text")),
    ),
    case("kml/countries.kml", 180, Some([-180., -85.609038, 180., 83.64513]), Some(("name", "Afghanistan"))),
    case(
        "kml/extended_data.kml",
        1,
        Some([-122.0822035425683, 37.42228990140251, -122.0822035425683, 37.42228990140251]),
        Some(("foo", "bar")),
    ),
    case(
        "kml/multigeometry.kml",
        1,
        Some([-122.4428379594768, 37.8065999493009, -122.4425509770566, 37.80666418607323]),
        Some(("name", "SF Marina Harbor Master")),
    ),
    case("kml/null_geometry.kml", 1, None, Some(("name", "Simple placemark"))),
    case("kml/polygon.kml", 1, Some([-122.366669, 37.818844, -122.365248, 37.819861]), Some(("name", "hollow box"))),
    case("kml/schema.kml", 1, Some([12.8204862, 55.9654246, 12.8206164, 55.9654507]), Some(("cn_cv_1109", "89%"))),
    case("kml/simpledata.kml", 2, Some([-122., 37.002, -121.998, 37.0078]), Some(("trailheadname", "Pi in the sky"))),
    // GDAL refuses it, since it is a bare polygon.
    case("kml/polygon.kmz", 1, Some([-1.5, 2., -1., 3.]), None),
    case(
        "shp/a_utm.shp",
        1,
        Some([576007.8700000001, 4491881.789999999, 580187.71, 4497047.1]),
        Some(("name", "Staten Island")),
    ),
    case(
        "shp/c_utm.shp",
        1,
        Some([573845.3700000001, 4492256.49, 579236.6699999999, 4498835.25]),
        Some(("postal", "10304")),
    ),
    case(
        "shp/d_geo.shp",
        1,
        Some([-74.12735503434992, 40.577725978045, -74.0632470260184, 40.63669196018727]),
        Some(("postal", "10304")),
    ),
    case(
        "shp/e_merc.shp",
        1,
        Some([-8251819.416276037, 4922454.2487234175, -8244682.945432802, 4931066.94093703]),
        Some(("st_fips", "36")),
    ),
    case("shp/file_cp936.shp", 1, Some([1., 1., 5., 6.]), Some(("test", "测试中文"))),
    case("shp/latin1-property.shp", 1, Some([3., 4., 3., 4.]), Some(("name", "México"))),
    case("shp/utf8-property.shp", 1, Some([3., 4., 3., 4.]), Some(("☃", "ηελλο ςορλδ"))),
    case("shp/polygon_hole.shp", 1, Some([-120., -60., 120., 60.]), None),
    case(
        "shp/six_counties.shp",
        6,
        Some([-77.53702695425945, 38.617648973363295, -76.90939607072305, 39.05800807694522]),
        Some(("name", "District of Columbia")),
    ),
    case("csv/utf8_bom.csv", 1, None, Some(("county_name", "ALAMANCE"))),
    // GDAL gives its text as bytes of UTF-16.
    case("csv/utf16_le_bom.csv", 1, None, None),
    case("csv/wkt.csv", 3, Some([7.4397, 46.9487, 8.8249, 47.3768]), Some(("city", "Rapperswil"))),
    case("geojson/geometrycollection.geojson", 1, Some([100., 0., 102., 1.]), None),
    case("geojson/multipolygon-xyz.geojson", 1, Some([100., 0., 103., 3.]), None),
    case("geojson/multipolygon.geojson", 1, Some([100., 0., 103., 3.]), None),
    case("geojson/polygon-xyz.geojson", 1, Some([100., 0., 101., 1.]), None),
];

#[test]
fn real_files_are_read_as_gdal_reads_them() {
    for case in CASES {
        let Some(path) = shared(&format!("formats-dev/{}", case.file)) else { continue };
        let wanted: Vec<&str> = case.text.iter().map(|(field, _)| *field).collect();
        let read = read_with(&path, &wanted, None).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(read.features.len(), case.count, "{}", case.file);
        assert_eq!(read.extent(), case.extent, "{}", case.file);
        if let Some((_, text)) = case.text {
            assert_eq!(read.value(0, 0), Some(&Value::Text(text.into())), "{}", case.file);
        }
    }
}

#[test]
fn what_gdal_guesses_is_told() {
    // GDAL leaves two of its placemarks out and puts the third to longitude 0.
    if let Some(path) = shared("formats-dev/kml/bad.kml") {
        let read = read_with(&path, &[], None).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(read.tally(), [0, 3, 0]);
        assert!(read.features.iter().all(|f| matches!(&f.shape, Shape::Unreadable { why, .. } if why.contains("no"))));
    }
    // GDAL wants an index that nobody needs.
    for (file, count) in [("multi_polygon", 2), ("polygonm", 1), ("polygonz", 1)] {
        let Some(path) = shared(&format!("formats-dev/shp/{file}.shp")) else { continue };
        let read = read_with(&path, &[], None).unwrap_or_else(|e| panic!("{e}"));
        assert!(read.features.len() >= count.min(1) && read.tally()[1] == 0, "{file}: {:?}", read.tally());
    }
    // A table without shapes is no layer of places.
    for file in ["koi8r", "latin2", "win1251"] {
        let Some(path) = shared(&format!("formats-dev/dbf/{file}.dbf")) else { continue };
        assert!(read_with(&path, &[], None).is_err_and(|e| e.to_string().contains("name the .shp instead")));
    }
}
