//! Several files in one input, parted by a mark that a mutation seldom makes or breaks.

/// The mark between two files.
pub const MARK: &[u8] = b"\0=PART=\0";

/// The files of an input; there may be one, and any of them may be empty.
pub fn split(data: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut rest) = (Vec::new(), data);
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        let (part, after) = rest.split_at(at);
        parts.push(part);
        rest = after.get(MARK.len()..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

/// Files as one input.
pub fn join<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    files.into_iter().collect::<Vec<_>>().join(MARK)
}
