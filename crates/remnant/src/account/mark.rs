//! Marks of shapes.

use remnant_geometry::Footprint;

/// A mark of a shape: the same for the same edges, wherever its rings begin and whichever way they run, and hardly ever
/// the same for others. It tells whether a record was redrawn, which its area does not.
pub(super) fn mark(ground: &Footprint) -> u64 {
    // splitmix64, by Sebastiano Vigna, in the public domain.
    let mix = |sum: u64, value: i64| {
        let mut z = sum.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ value as u64;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let edge = |a: (i64, i64), b: (i64, i64)| {
        // Edges run either way as often as not, which no processor foresees: there is nothing to be foreseen here.
        let back = (a.0 > b.0) | ((a.0 == b.0) & (a.1 > b.1));
        let (first, second) = if back { (b, a) } else { (a, b) };
        mix(mix(mix(mix(0, first.0), first.1), second.0), second.1)
    };
    ground.edges().fold(0, |sum: u64, (a, b)| sum.wrapping_add(edge((a.x, a.y), (b.x, b.y))))
}

#[cfg(test)]
mod tests {
    use remnant_geometry::RawPolygon;

    use super::*;

    fn ground(ring: &[(f64, f64)]) -> Footprint {
        let ring = ring.iter().map(|&(x, y)| [x, y]).collect();
        Footprint::new(&[RawPolygon { rings: vec![ring] }]).expect("a footprint").0
    }

    #[test]
    fn a_shape_has_one_mark_however_it_is_written() {
        let ring = [(1.0, 1.0), (1.1, 1.0), (1.1, 1.1), (1.0, 1.1)];
        let mut turned = ring;
        turned.rotate_left(2);
        turned.reverse();
        assert_eq!(mark(&ground(&ring)), mark(&ground(&turned)));
        // The same area at another place, and the same corners in another order.
        let moved = ring.map(|(x, y)| (x + 1.0, y));
        assert_ne!(mark(&ground(&ring)), mark(&ground(&moved)));
        let cut = [ring[0], ring[1], ring[2]];
        assert_ne!(mark(&ground(&ring)), mark(&ground(&cut)));
    }
}
