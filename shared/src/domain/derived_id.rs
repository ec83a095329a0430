//! Ids that are derived from what callers send: the same input gives the same id on every machine, so nothing has to be
//! allocated, counted or looked up.

use sha2::{Digest, Sha256};

/// Derives an id from 1 to 2^53-1: the first 53 bits of the SHA-256 of `parts`, joined by zero bytes. Text never holds a
/// zero byte (see [`super::ValidationError::ControlCharacter`]), so different parts never join to the same bytes.
pub(super) fn derive(parts: &[&[u8]]) -> u64 {
    let hash = Sha256::digest(parts.join(&0));
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    (u64::from_be_bytes(first) >> (64 - 53)).max(1)
}

#[cfg(test)]
mod tests {
    use super::derive;

    #[test]
    fn id_is_the_top_53_bits_of_the_hash() {
        // printf 'zegoal\0ACME' | sha256sum
        assert_eq!(derive(&[b"zegoal", b"ACME"]), 0x1ee4_92c4_274f_92ae >> 11);
    }

    #[test]
    fn same_text_in_other_parts_gives_another_id() {
        assert_ne!(derive(&[b"ab", b"c"]), derive(&[b"a", b"bc"]));
    }
}
