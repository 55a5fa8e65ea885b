//! Hellos built byte by byte: what is read of them, whole, cut, damaged.

use super::*;
use proptest::prelude::*;

fn counted16(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &counted16(data)].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

/// A handshake message in records of at most `size` bytes.
fn records(message: &[u8], size: usize) -> Vec<u8> {
    message.chunks(size).flat_map(|piece| [&[22, 3, 1][..], &counted16(piece)].concat()).collect()
}

fn client_hello() -> Vec<u8> {
    let name = b"example.com";
    let extensions = [
        extension(0x1a1a, &[]),
        extension(0, &counted16(&[&[0][..], &counted16(name)].concat())),
        extension(16, &counted16(b"\x02\x0a\x0a\x02h2\x08http/1.1")),
        extension(43, b"\x08\x2a\x2a\x03\x04\x03\x03\x03\x02"),
    ];
    let body = [
        &[3, 3][..],
        &[7; 32],
        &[2, 8, 8],
        &counted16(&[0x13, 1, 0xc0, 0x2f]),
        &[1, 0],
        &counted16(&extensions.concat()),
    ];
    handshake(1, &body.concat())
}

fn server_hello(version: &[u8], suite: u16, extensions: &[u8]) -> Vec<u8> {
    let body = [version, &[9; 32], &[0], &suite.to_be_bytes(), &[0], &counted16(extensions)];
    handshake(2, &body.concat())
}

#[test]
fn the_hellos_tell_version_name_protocols_and_cipher() {
    let mut tls = Tls::default();
    assert!(tls.bytes(Direction::Client, &records(&client_hello(), 1 << 14)));
    assert_eq!(tls.describe(), "TLS 1.3, offered, example.com, offers h2 and http/1.1");
    assert!(tls.bytes(Direction::Server, &records(&server_hello(&[3, 3], 0x1301, &extension(43, &[3, 4])), 99)));
    assert_eq!(tls.describe(), "TLS 1.3, example.com, offers h2 and http/1.1, TLS_AES_128_GCM_SHA256");
    assert!(!tls.bytes(Direction::Server, b"\x14\x03\x03\x00\x01\x01"));
}

#[test]
fn before_tls_1_3_the_chosen_protocol_is_seen() {
    let mut tls = Tls::default();
    tls.bytes(Direction::Client, &records(&client_hello(), 1 << 14));
    tls.bytes(Direction::Server, &records(&server_hello(&[3, 3], 0xc02f, &extension(16, &counted16(b"\x02h2"))), 99));
    assert_eq!(tls.describe(), "TLS 1.2, example.com, speaks h2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
}

#[test]
fn a_refusal_is_told() {
    let mut tls = Tls::default();
    tls.bytes(Direction::Client, &records(&client_hello(), 1 << 14));
    assert!(tls.bytes(Direction::Server, b"\x15\x03\x01\x00\x02\x02\x28"));
    assert_eq!(tls.describe(), "TLS 1.3, offered, example.com, offers h2 and http/1.1, refused: handshake_failure");
}

#[test]
fn a_hello_in_ssl_2_framing_is_named() {
    let hello = [&[0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10][..], &[0; 0x25]].concat();
    assert_eq!(ssl2_hello(&hello), Fit::Yes);
    assert_eq!(ssl2_hello(&hello[..7]), Fit::SoFar);
    assert_eq!(ssl2_hello(&[&[0x80, 0x2f], &hello[2..]].concat()), Fit::No);
    let mut tls = Tls::default();
    assert!(tls.bytes(Direction::Client, &hello));
    assert_eq!(tls.describe(), "TLS 1.0, offered, hello in SSL 2.0 framing");
}

#[test]
fn a_stream_joined_after_the_hellos_is_still_tls() {
    let mut tls = Tls::default();
    assert!(is_record(b"\x17\x03\x03\x00\x20"));
    assert!(!tls.bytes(Direction::Client, &[b"\x17\x03\x03\x00\x20", &[5; 32][..]].concat()));
    assert_eq!(tls.describe(), "TLS");
    assert_eq!(tls.held(), 0);
}

#[test]
fn what_is_no_record_is_told_from_one() {
    assert_eq!(sender(&records(&client_hello(), 1 << 14)), Some(Direction::Client));
    assert_eq!(sender(&records(&server_hello(&[3, 3], 1, &[]), 1 << 14)), Some(Direction::Server));
    assert_eq!(sender(b"\x17\x03\x03\x00\x20\x01\x00\x00\x00\x03\x03"), None);
    assert_eq!(record(b"\x16\x03"), Fit::SoFar);
    for other in [
        &b"\x16\x03\x05\x00\x10"[..],
        b"\x16\x03\x01\x00\x00",
        b"\x17\x03\x03\xff\xff",
        b"\x14\x03\x03\x00\x02",
        b"GET",
    ] {
        assert_eq!(record(other), Fit::No, "{other:?}");
    }
}

#[test]
fn no_more_than_the_cap_is_kept() {
    let mut tls = Tls::default();
    let endless = records(&handshake(1, &vec![3; 0x00ff_ffff])[..1 << 20], 1 << 14);
    for piece in endless.chunks(1400) {
        tls.bytes(Direction::Client, piece);
        assert!(tls.held() <= 2 * MAX_HELLO);
    }
}

proptest! {
    #[test]
    fn cutting_segments_and_records_changes_nothing(size in 1usize..300, step in 1usize..300) {
        let stream = records(&client_hello(), size);
        let mut tls = Tls::default();
        let changes = stream.chunks(step).filter(|piece| tls.bytes(Direction::Client, piece)).count();
        prop_assert_eq!(changes, 1);
        prop_assert_eq!(tls.describe(), "TLS 1.3, offered, example.com, offers h2 and http/1.1");
    }

    #[test]
    fn a_hello_that_is_cut_off_tells_what_is_there(length in 0usize..200) {
        let stream = records(&client_hello(), 1 << 14);
        let mut tls = Tls::default();
        tls.bytes(Direction::Client, &stream[..length.min(stream.len())]);
        tls.end(Direction::Client);
        prop_assert!("TLS 1.3, offered, example.com, offers h2 and http/1.1".starts_with(&tls.describe()) || tls.describe().starts_with("TLS 1.2, offered"));
    }

    #[test]
    fn damage_never_breaks_it(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20)) {
        let mut stream = [records(&client_hello(), 60), records(&server_hello(&[3, 3], 1, &extension(16, b"\0\x09\xff")), 9)].concat();
        for (at, value) in flips {
            let at = at.index(stream.len());
            stream[at] ^= value;
        }
        let mut tls = Tls::default();
        for from in Direction::BOTH {
            tls.bytes(from, &stream);
            tls.end(from);
        }
        prop_assert!(!tls.describe().is_empty());
        let _ = (record(&stream), ssl2_hello(&stream), sender(&stream));
    }
}
