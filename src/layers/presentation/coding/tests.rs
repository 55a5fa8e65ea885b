//! What holds for every coding: any cut gives the same output, damage is reported, bombs stop.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

/// What `br` and a `zstd` with a checksum make of [`sentence`], forty times over.
const BROTLI: &str = "1b4f05f8454f96ea43328f91ed41c5665290590ccc18dad1a7572d3a4bd8efd0c95f0d26de00";
const ZSTD: &str =
    "28b52ffd04684501002282070cd03d954c7c821690338ccc16871ebdd636bd6cbf637c6534bd84541e0701005aa9fcea09cbcbe045";
/// 4 MiB of zeros.
const BROTLI_BOMB: &str = "9bffff3ff82700e2b14020f7fe07";

fn sentence() -> Vec<u8> {
    b"wire101 shows what the bytes say. ".repeat(40)
}

fn hex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, CompressionLevel::Fastest)
}

/// A brotli stream that stores `data`: a window of 64 KiB, a stored metablock for every 64 KiB, an empty last one.
fn stored_brotli(data: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut first = true;
    for block in data.chunks(1 << 16) {
        // One bit of WBITS once, then ISLAST 0, MNIBBLES 0 (four), MLEN - 1, ISUNCOMPRESSED 1: 20 bits or 21.
        let header = (block.len() as u32 - 1) << 3 | 1 << 19;
        stream.extend_from_slice(&(header << u32::from(first)).to_le_bytes()[..3]);
        stream.extend_from_slice(block);
        first = false;
    }
    // ISLAST 1, ISEMPTY 1, after WBITS if nothing came before.
    stream.push(if first { 0b110 } else { 0b11 });
    stream
}

/// Decodes in pieces of `cut` bytes: what came out, and how it ended.
fn decode(encoding: &str, coded: &[u8], cut: usize, limit: u64) -> (Vec<u8>, Result<(), CodingError>) {
    let mut decoder = Decoder::with_limit(encoding.as_bytes(), limit).expect(encoding).expect(encoding);
    let mut bytes = Vec::new();
    let mut result = Ok(());
    for chunk in coded.chunks(cut) {
        result = result.and_then(|()| decoder.push(chunk, &mut |decoded| bytes.extend_from_slice(decoded)));
    }
    (bytes, result.and_then(|()| decoder.finish()))
}

fn whole(encoding: &str, coded: &[u8]) -> (Vec<u8>, Result<(), CodingError>) {
    decode(encoding, coded, coded.len().max(1), MAX_DECODED_BYTES)
}

/// The samples of every coding that encode `data`.
fn samples(data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("gzip", gzip(data)),
        ("X-GZip", [gzip(&data[..data.len() / 2]), gzip(&data[data.len() / 2..])].concat()),
        ("deflate", zlib(data)),
        ("deflate", raw_deflate(data)),
        ("br", stored_brotli(data)),
        ("zstd", zstd(data)),
        ("zstd", [zstd(data), b"\x5a\x2a\x4d\x18\x03\0\0\0any".to_vec(), zstd(b"")].concat()),
        ("gzip, identity,, br", stored_brotli(&gzip(data))),
        ("zstd, deflate", zlib(&zstd(data))),
    ]
}

#[test]
fn compressed_brotli_and_zstd_decode() {
    assert_eq!(whole("br", &hex(BROTLI)), (sentence(), Ok(())));
    assert_eq!(whole("zstd", &hex(ZSTD)), (sentence(), Ok(())));
}

#[test]
fn nothing_needs_undoing_without_a_coding_or_with_identity() {
    for value in ["", " , ", "identity", "Identity, identity"] {
        assert!(Decoder::new(value.as_bytes()).unwrap().is_none(), "{value:?}");
    }
}

#[test]
fn a_coding_that_is_unknown_is_named() {
    assert_eq!(Decoder::new(b"gzip, compress").unwrap_err(), UnknownCoding::Content { name: "compress".into() });
}

#[test]
fn a_tower_of_codings_is_refused_before_it_is_built() {
    let (decoded, result) = whole(&["gzip"; 1000].join(","), b"x");
    assert_eq!((decoded, result), (vec![], Err(CodingError::TooManyCodings { count: 1000 })));
}

#[test]
fn every_optional_part_of_a_gzip_header_is_passed_over() {
    let plain = gzip(b"data");
    let mut full = vec![0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3];
    full.extend_from_slice(b"\x02\0ab");
    full.extend_from_slice(b"name\0comment\0\xaa\xbb");
    full.extend_from_slice(&plain[10..]);
    for cut in 1..full.len() {
        assert_eq!(decode("gzip", &full, cut, MAX_DECODED_BYTES), (b"data".to_vec(), Ok(())), "cut every {cut}");
    }
}

#[test]
fn an_empty_body_is_not_an_error_whatever_its_coding() {
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
        assert_eq!(whole(encoding, b""), (vec![], Ok(())), "{encoding}");
    }
}

#[test]
fn a_content_that_is_cut_short_is_decoded_as_far_as_it_goes() {
    for (encoding, coded) in samples(&sentence()).into_iter().take(6) {
        for length in 1..coded.len() {
            // The first of two gzip members is whole where the second has not begun.
            let (decoded, result) = whole(encoding, &coded[..length]);
            assert!(sentence().starts_with(&decoded));
            let between_members = encoding == "X-GZip" && result.is_ok() && decoded.len() == sentence().len() / 2;
            assert!(
                between_members || matches!(result, Err(CodingError::Truncated { .. })),
                "{encoding} {length}: {result:?}"
            );
        }
    }
}

#[test]
fn bytes_after_the_end_are_reported_and_do_no_harm() {
    for (encoding, mut coded) in samples(&sentence()).into_iter().take(6) {
        coded.extend_from_slice(b"\r\n");
        let (decoded, result) = whole(encoding, &coded);
        assert_eq!(decoded, sentence(), "{encoding}");
        assert!(matches!(result, Err(CodingError::TrailingData { .. })), "{encoding}: {result:?}");
    }
}

#[test]
fn content_that_was_never_coded_is_told_from_the_first_bytes() {
    for encoding in ["gzip", "zstd"] {
        let (_, result) = whole(encoding, b"<ht");
        assert!(matches!(result, Err(CodingError::Invalid { .. })), "{encoding}: {result:?}");
    }
}

#[test]
fn a_wrong_checksum_is_found_after_the_data_was_given_out() {
    let flip = |mut coded: Vec<u8>, from_end: usize| {
        let at = coded.len() - from_end;
        coded[at] ^= 1;
        coded
    };
    for (encoding, coded) in
        [("gzip", flip(gzip(b"data"), 8)), ("gzip", flip(gzip(b"data"), 4)), ("deflate", flip(zlib(b"data"), 1))]
    {
        let (decoded, result) = whole(encoding, &coded);
        assert_eq!(decoded, b"data", "{encoding}");
        assert!(matches!(result, Err(CodingError::Invalid { .. })), "{encoding}: {result:?}");
    }
}

#[test]
fn a_failure_is_final() {
    let mut decoder = Decoder::new(b"gzip").unwrap().unwrap();
    let error = decoder.push(b"text", &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "gzip: does not begin with 1f 8b");
    assert_eq!(decoder.push(&gzip(b"data"), &mut |_| {}), Err(error.clone()));
    assert_eq!(decoder.finish(), Err(error));
}

#[test]
fn a_bomb_stops_at_the_limit_exactly() {
    let zeros = vec![0; 4 << 20];
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("br", hex(BROTLI_BOMB)),
        ("zstd", zstd(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
    ];
    for (encoding, bomb) in bombs {
        for cut in [1, 7, bomb.len()] {
            let (decoded, result) = decode(encoding, &bomb, cut, 1_000_000);
            assert_eq!(decoded.len(), 1_000_000, "{encoding}");
            assert!(matches!(result, Err(CodingError::TooLarge { limit: 1_000_000, .. })), "{encoding}: {result:?}");
        }
    }
}

#[test]
fn a_bomb_inside_a_coding_stops_at_the_outer_coding_s_limit() {
    let bomb = gzip(&gzip(&vec![0; 64 << 20]));
    let (_, result) = decode("gzip, gzip", &bomb, bomb.len(), 20_000);
    assert!(matches!(result, Err(CodingError::TooLarge { .. })), "{result:?}");
}

#[test]
fn output_leaves_in_small_pieces_and_is_never_collected() {
    for (encoding, coded) in
        [("gzip", gzip(&vec![0; 4 << 20])), ("br", hex(BROTLI_BOMB)), ("zstd", zstd(&vec![0; 4 << 20]))]
    {
        let mut decoder = Decoder::new(encoding.as_bytes()).unwrap().unwrap();
        let (mut total, mut largest) = (0, 0);
        let count = |piece: &[u8]| {
            total += piece.len();
            largest = largest.max(piece.len());
        };
        decoder.push(&coded, &mut { count }).unwrap();
        assert_eq!(total, 4 << 20, "{encoding}");
        assert!(largest <= 16 * 1024, "{encoding}: {largest}");
    }
}

#[test]
fn a_zstd_window_over_8_mib_is_refused_unallocated() {
    // Window_Descriptor 0x70: an exponent of 14, 16 MiB.
    let (_, result) = whole("zstd", b"\x28\xb5\x2f\xfd\x00\x70\x01\x00\x00");
    let error = CodingError::WindowTooLarge { coding: Coding::Zstd, window: 16 << 20, limit: 8 << 20 };
    assert_eq!(result, Err(error));
}

#[test]
fn a_zstd_frame_that_needs_a_dictionary_says_which() {
    let (_, result) = whole("zstd", b"\x28\xb5\x2f\xfd\x01\x00\x2a\x01\x00\x00");
    assert_eq!(result.unwrap_err().to_string(), "zstd: needs dictionary 42");
}

/// Data with repetitions, so that the codings have something to do.
fn data() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((any::<u8>(), 1_usize..200), 0..200)
        .prop_map(|runs| runs.into_iter().flat_map(|(byte, length)| std::iter::repeat_n(byte, length)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cut_of_coded_data_decodes_to_what_was_coded(data in data(), cut in 1_usize..3000) {
        for (encoding, coded) in samples(&data) {
            prop_assert_eq!(decode(encoding, &coded, cut, MAX_DECODED_BYTES), (data.clone(), Ok(())), "{}", encoding);
        }
    }

    #[test]
    fn damaged_data_is_decoded_or_refused_without_panic(
        data in data(), at: prop::sample::Index, byte: u8, cut in 1_usize..3000,
    ) {
        let mut samples = samples(&data);
        samples.extend([("br", hex(BROTLI)), ("zstd", hex(ZSTD)), ("br", hex(BROTLI_BOMB))]);
        for (encoding, mut coded) in samples {
            let at = at.index(coded.len());
            coded[at] = byte;
            let (decoded, _) = decode(encoding, &coded, cut, 1 << 20);
            prop_assert!(decoded.len() <= 1 << 20);
        }
    }

    #[test]
    fn random_bytes_are_decoded_or_refused_without_panic(bytes: Vec<u8>, cut in 1_usize..40) {
        const STARTS: [&[u8]; 5] = [b"", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x28\xb5\x2f\xfd\0\x58", b"\x78\x9c", b"\x0b"];
        for encoding in ["gzip", "deflate", "br", "zstd", "br, zstd"] {
            for start in STARTS {
                let (decoded, _) = decode(encoding, &[start, &bytes].concat(), cut, 1 << 20);
                prop_assert!(decoded.len() <= 1 << 20);
            }
        }
    }
}
