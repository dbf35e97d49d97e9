//! An equal-area plane for the plain job: Lambert's cylinder on the authalic sphere of WGS 84.

/// Semi-major axis, in metres.
const A: f64 = 6_378_137.0;
/// Flattening.
const F: f64 = 1.0 / 298.257_223_563;
/// Shapes are true to scale here, in degrees: the middle of the scenarios.
const PARALLEL: f64 = 39.65;

/// Metres east and north of a longitude and latitude in degrees.
pub fn project([lon, lat]: [f64; 2]) -> [f64; 2] {
    let e2 = F * (2.0 - F);
    let e = e2.sqrt();
    let k0 = {
        let (sin, cos) = PARALLEL.to_radians().sin_cos();
        cos / (1.0 - e2 * sin * sin).sqrt()
    };
    let sin = lat.to_radians().sin();
    let q = (1.0 - e2) * (sin / (1.0 - e2 * sin * sin) + (e * sin).atanh() / e);
    [A * k0 * lon.to_radians(), A * q / (2.0 * k0)]
}
