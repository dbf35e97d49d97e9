//! The text of `coordinates`: `longitude,latitude[,height]`, parted by white space.

use geo_types::Coord;

use crate::read::extent::Extent;

/// The positions of a text, and why it can't be read where it can't. Readable positions go into `extent` either way.
///
/// White space beside a comma belongs to the comma: `1, 2, 0 3, 4, 0` is two positions, as those who write by hand mean
/// it. A position of one number or of more than three could mean several things, and none is guessed.
pub(super) fn positions(text: &str, extent: &mut Extent) -> Result<Vec<Coord<f64>>, String> {
    let mut all = Vec::new();
    let mut fault = None;
    let mut rest = text.trim_matches(blank);
    while !rest.is_empty() {
        let (tuple, after) = tuple(rest);
        match position(tuple) {
            Ok(coord) => {
                extent.add(coord.x, coord.y);
                all.push(coord);
            }
            Err(()) => {
                let shown: String = tuple.chars().take(40).collect();
                fault.get_or_insert_with(|| format!("`{shown}` is not a longitude and a latitude"));
            }
        }
        rest = after;
    }
    fault.map_or(Ok(all), Err)
}

fn blank(c: char) -> bool {
    // Byte order marks get into the middle of files that were put together.
    c.is_whitespace() || c == '\u{feff}'
}

/// The first tuple of a text, and what follows it.
fn tuple(text: &str) -> (&str, &str) {
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        end += rest.find(|c: char| c == ',' || blank(c)).unwrap_or(rest.len());
        let rest = text.get(end..).unwrap_or_default();
        let after = rest.trim_start_matches(blank);
        let Some(next) = after.strip_prefix(',') else { return (text.get(..end).unwrap_or_default(), after) };
        end = text.len() - next.trim_start_matches(blank).len();
    }
}

fn position(tuple: &str) -> Result<Coord<f64>, ()> {
    let mut numbers = [0.0; 3];
    let mut count = 0;
    for piece in tuple.split(',').map(|p| p.trim_matches(blank)) {
        let slot = numbers.get_mut(count).ok_or(())?;
        // A height that is not there, and one that is no number: neither says where on the map the position is.
        match number(piece) {
            Some(number) => *slot = number,
            None if count == 2 => {}
            None => return Err(()),
        }
        count += 1;
    }
    let [x, y, _] = numbers;
    if count < 2 { Err(()) } else { Ok(Coord { x, y }) }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    let text = text.strip_prefix('+').unwrap_or(text);
    fast_float2::parse(text).ok().filter(|number: &f64| plain && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_spacing_is_read_and_nothing_is_guessed() {
        for (text, expected) in [
            ("1,2", Some(vec![(1., 2.)])),
            (" \n1,2,3\t4,5,6 \n", Some(vec![(1., 2.), (4., 5.)])),
            ("1, 2, 3 4 ,5 , 6", Some(vec![(1., 2.), (4., 5.)])),
            ("1,2,\u{feff} 4,5", None),
            ("1,2, ", Some(vec![(1., 2.)])),
            ("1,2,nan 3,4,x", Some(vec![(1., 2.), (3., 4.)])),
            ("-1e1,+2.5", Some(vec![(-10., 2.5)])),
            ("", Some(vec![])),
            ("1 2", None),
            ("1,2,3,4", None),
            ("1,2,3,4,5,6", None),
            ("a,2", None),
            ("1,nan", None),
            ("1,1e999", None),
            ("1,,2", None),
            ("1;2", None),
        ] {
            let found = positions(text, &mut Extent::default()).ok();
            let found = found.map(|all| all.iter().map(|c| (c.x, c.y)).collect::<Vec<_>>());
            assert_eq!(found, expected, "{text}");
        }
        let mut extent = Extent::default();
        assert!(positions("1,2 no,3 5,1", &mut extent).is_err_and(|why| why.contains("`no,3`")));
        assert_eq!(extent.bounds(), Some([1., 1., 5., 2.]));
    }
}
