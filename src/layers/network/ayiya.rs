//! AYIYA, "anything in anything" (draft-massar-v6ops-ayiya-02): an IPv6 packet through a NAT, signed with a password.

use crate::layers::headers::prelude::*;

/// What is done with what follows: with these two, it's handed on.
const FORWARD: u8 = 1;
const ECHO_AND_FORWARD: u8 = 3;

pub(crate) const AYIYA: Header = Header::irregular(Length::Found(parse), |pen| {
    let [lengths, signature] = pen.array();
    pen.rows(FIELDS);
    let [identity, signature] = [identity_length(lengths), signature_length(signature)];
    for (length, name, meaning) in [
        (identity, "Identity", "Whose tunnel it is."),
        (signature, "Signature", "Proves that whoever sent the packet knows the tunnel's password."),
    ] {
        let content = pen.bytes(length);
        pen.leaf(content.len() as u64 * 8, name, hex_of(content), meaning);
    }
    pen.sentence("{OpCode}")
});

#[rustfmt::skip]
const FIELDS: &[FieldRow] = &[
    shown(4, "IDLen", |power| format!("{power} ({})", count(1 << power)), "How long the identity is, as a power of two."),
    named(4, "IDType", &[(0, "none"), (1, "integer"), (2, "text")],
        "What the identity is; mostly it's the IPv6 address of the tunnel's end."),
    shown(4, "SigLen", |words| format!("{words} ({})", count(words as usize * 4)),
        "How long the signature is, in words of four bytes."),
    named(4, "HshMeth", &[(0, "none"), (1, "MD5"), (2, "SHA-1")], "How the packet was hashed, to be signed."),
    named(4, "AutMeth", &[(0, "none"), (1, "shared secret"), (2, "public key")], "How the hash was signed."),
    named(4, "OpCode", &[(0, "heartbeat"), (1, "forward"), (2, "echo request"), (3, "echo request and forward"),
        (4, "echo response"), (5, "message of the day"), (6, "query request"), (7, "query response")],
        "What the other end is to do with the packet inside."),
    shown(8, "Next Header", ip_protocol_value, NAMES_THE_NEXT),
    number(32, "Epoch Time", "When it was signed, in seconds since 1970, so that a recorded packet can't be sent again later."),
];

fn identity_length(first: u8) -> usize {
    1 << (first >> 4)
}

fn signature_length(second: u8) -> usize {
    usize::from(second >> 4) * 4
}

/// Whether a UDP payload begins like AYIYA.
pub(crate) fn looks_like(payload: &[u8]) -> bool {
    let &[identity, signature, operation, next, ..] = payload else { return false };
    let known = identity & 0x0f <= 2 && signature & 0x0f <= 2 && operation >> 4 <= 2 && operation & 0x0f <= 7;
    let length = 8 + identity_length(identity) + signature_length(signature);
    known && length <= payload.len() && ip_protocols::name(next).is_some()
}

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let &[identity, signature, operation, next, ..] = fixed::<8>(protocol, data)?;
    let length = 8 + identity_length(identity) + signature_length(signature);
    let next = match operation & 0x0f {
        FORWARD | ECHO_AND_FORWARD => ip_protocols::behind(next),
        _ => Next::Payload(Payload::Of(protocol)),
    };
    Ok(Step::new(whole(protocol, data, length)?.len(), next))
}
