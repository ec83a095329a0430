//! Ids that follow from what a caller sent, so that no two callers need to agree on one: equal input
//! gives the equal id on every machine, and nothing is allocated, counted or looked up.

use sha2::{Digest, Sha256};

/// An id of 53 bits, from 1 to 2^53-1, out of the SHA-256 of `parts`.
///
/// The parts are joined by a zero byte; text never holds one (see [`super::Rule::ControlCharacter`]), so
/// different parts never join to the same bytes.
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
    fn an_id_is_the_top_53_bits_of_the_hash() {
        // printf 'zegoal\0ACME' | sha256sum
        assert_eq!(derive(&[b"zegoal", b"ACME"]), 0x1ee4_92c4_274f_92ae >> 11);
    }

    #[test]
    fn parts_are_not_run_together() {
        assert_ne!(derive(&[b"ab", b"c"]), derive(&[b"a", b"bc"]));
    }
}
