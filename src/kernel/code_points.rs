//! Jupyter counts positions in Unicode code points, and we count in bytes.

/// Returns the byte at which the code point with this index begins, or the end of the text.
pub(super) fn byte_of(text: &str, index: usize) -> usize {
    text.char_indices()
        .nth(index)
        .map_or(text.len(), |(byte, _)| byte)
}

/// Returns how many code points begin before a byte.
pub(super) fn index_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_width_count_once() {
        let text = "aé🚚b";
        for (index, byte) in [(0, 0), (1, 1), (2, 3), (3, 7), (4, 8)] {
            assert_eq!((byte_of(text, index), index_of(text, byte)), (byte, index));
        }
        assert_eq!(byte_of(text, 9), 8);
    }
}
