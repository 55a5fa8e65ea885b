//! The UDP header (RFC 768), and what's known to travel in it: tunnels, recognised by their port and their look, and
//! QUIC.

use crate::layers::headers::prelude::*;
use crate::layers::network::overlay;

#[rustfmt::skip]
pub(crate) const UDP: Header = Header::of(Length::Found(parse), "{Source Port} → {Destination Port}", &[
    number(16, "Source Port", "Which program on the sending host this is from."),
    number(16, "Destination Port", "Which program on the receiving host this is for."),
    size(16, "Length", "Bytes in this message, this header included."),
    CHECKSUM,
]);

const LENGTH: usize = 8;

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<LENGTH>(protocol, data)?;
    let [s1, s2, d1, d2, l1, l2, _, _] = *header;
    let stated = u16::from_be_bytes([l1, l2]);
    let payload = match usize::from(stated).checked_sub(LENGTH) {
        Some(payload) => Some(payload),
        // Zero: too long for the field (RFC 2675 §4).
        None if stated == 0 => None,
        None => return Err(Fault::impossible(protocol, "Length", stated, "it counts the header too: at least 8")),
    };
    let ports = [u16::from_be_bytes([s1, s2]), u16::from_be_bytes([d1, d2])];
    let next = behind(ports, data.get(LENGTH..).unwrap_or_default());
    Ok(Step { length: LENGTH, payload, next })
}

/// What comes after a UDP header. A port alone proves nothing, so the payload has to look right, too.
fn behind(ports: [u16; 2], payload: &[u8]) -> Next {
    let on = |port| ports.contains(&port);
    if (on(443) || on(80)) && looks_like_quic(payload) {
        return Next::Payload(Payload::InUdp("QUIC"));
    }
    if on(4500) && payload.len() > 8 && !payload.starts_with(&[0; 4]) {
        // With four zero bytes it is the key exchange instead (RFC 3948 §2.2).
        return Next::Payload(Payload::InUdp("ESP"));
    }
    match overlay::behind_udp(ports, payload) {
        Some(tunnel) => Next::Header(tunnel),
        None if looks_like_dtls(payload) => Next::Payload(Payload::InUdp("DTLS")),
        None => Next::Payload(Payload::Of(Protocol::Udp)),
    }
}

/// Whether a DTLS record starts here (RFC 9147 §4.1 gives the versions).
fn looks_like_dtls(payload: &[u8]) -> bool {
    matches!(payload, [20..=23, 0xfe, 0xfd | 0xff, _, _, _, _, _, _, _, _, _, _, ..])
}

/// Whether a QUIC packet with a long header starts here (RFC 9000 §17.2).
fn looks_like_quic(payload: &[u8]) -> bool {
    let [first, _, _, _, _, id_length, ..] = *payload else { return false };
    // Header form and fixed bit. Every version so far limits connection IDs to 20 bytes.
    first & 0b1100_0000 == 0b1100_0000 && id_length <= 20
}
