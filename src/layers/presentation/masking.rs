//! Masking (RFC 6455 §5.3): each payload byte a client sends is changed, by exclusive or, with one of the key's four.

/// Masks or unmasks `payload` in place; the two are the same operation.
///
/// `offset` is the position of its first byte in the frame's payload, so that a payload may come in pieces.
pub fn unmask(payload: &mut [u8], key: [u8; 4], offset: u64) {
    let mut turned = key;
    turned.rotate_left((offset % 4) as usize);
    let [a, b, c, d] = turned;
    // Sixteen bytes at a time: a multiple of the key's four, and a register wide.
    let wide = u128::from_ne_bytes([a, b, c, d, a, b, c, d, a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut();
    for chunk in chunks {
        *chunk = (u128::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(turned.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends `payload`, unmasked, to `into`; the payload itself stays as it was sent.
pub fn unmask_into(payload: &[u8], key: [u8; 4], offset: u64, into: &mut Vec<u8>) {
    let start = into.len();
    into.extend_from_slice(payload);
    unmask(&mut into[start..], key, offset);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, word for word: octet i is octet i exclusive or octet i MOD 4 of the key.
    fn by_definition(payload: &[u8], key: [u8; 4], offset: u64) -> Vec<u8> {
        (offset..).zip(payload).map(|(i, octet)| octet ^ key[(i % 4) as usize]).collect()
    }

    #[test]
    fn the_masked_hello_of_rfc_6455_5_7_reads_hello() {
        let mut payload = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
        unmask(&mut payload, [0x37, 0xfa, 0x21, 0x3d], 0);
        assert_eq!(&payload, b"Hello");
    }

    proptest! {
        #[test]
        fn any_piece_at_any_offset_is_unmasked_as_the_definition_says(
            payload: Vec<u8>, key: [u8; 4], offset in 0..u64::MAX - 1000,
        ) {
            let mut in_place = payload.clone();
            unmask(&mut in_place, key, offset);
            prop_assert_eq!(&in_place, &by_definition(&payload, key, offset));

            let mut appended = b"before".to_vec();
            unmask_into(&payload, key, offset, &mut appended);
            prop_assert_eq!(&appended[..6], b"before");
            prop_assert_eq!(&appended[6..], &in_place[..]);
        }

        #[test]
        fn unmasking_in_two_pieces_is_unmasking_at_once(payload: Vec<u8>, key: [u8; 4], cut: prop::sample::Index) {
            let mut whole = payload.clone();
            unmask(&mut whole, key, 0);
            let mut pieces = payload;
            let cut = cut.index(pieces.len() + 1);
            let (first, second) = pieces.split_at_mut(cut);
            unmask(first, key, 0);
            unmask(second, key, cut as u64);
            prop_assert_eq!(pieces, whole);
        }
    }
}
