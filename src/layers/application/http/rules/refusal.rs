//! Refusals that the request itself explains (RFC 9110 §15.5, RFC 6585).

use super::super::content_type::media_type;
use super::super::names::FieldName;
use super::super::section::{Head, begins_with};
use super::super::start_line::named_method;
use super::RequestHead;
use super::problems::Fault;
use crate::layers::quoted::{Named, Quoted};

/// A field line from which on its length may be what the server minds, in bytes.
const LARGE: usize = 2000;

#[inline]
pub(super) fn judge(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    if asked.method == b"CONNECT" && status >= 300 && asked.target.contains(&b':') {
        faults.push(Fault::TunnelRefused { status, target: Quoted::of(asked.target) });
    } else if status >= 400 {
        refused(head, status, asked, faults);
    }
}

fn refused(head: &Head<'_>, status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    let fields = asked.fields;
    let may_be_for_the_offer = matches!(status, 400 | 426 | 500 | 501 | 505);
    if may_be_for_the_offer && fields.lists(FieldName::Upgrade, b"h2c") {
        faults.push(Fault::HttpTwoOfferRefused(status));
    }
    match status {
        401 => credentials(head, FieldName::Authorization, FieldName::WwwAuthenticate, asked, faults),
        407 => credentials(head, FieldName::ProxyAuthorization, FieldName::ProxyAuthenticate, asked, faults),
        415 => {
            faults
                .push(Fault::TypeRefused { kind: fields.get(FieldName::ContentType).map(media_type).map(Quoted::of) });
        }
        417 if fields.get(FieldName::Expect).is_some() => faults.push(Fault::ExpectationRefused),
        411 if asked.fields.get(FieldName::ContentLength).is_none()
            && asked.fields.get(FieldName::TransferEncoding).is_none() =>
        {
            faults.push(Fault::LengthWanted(named_method(asked.method)));
        }
        400 | 413 | 431 | 494 => {
            let largest = asked.fields.iter().max_by_key(|(name, value)| name.len() + value.len());
            if let Some((name, value)) = largest.filter(|(name, value)| name.len() + value.len() >= LARGE) {
                let length = name.len() + value.len();
                let name = Named::of(name, FieldName::of(name).map(FieldName::as_str));
                faults.push(Fault::FieldTooLarge { status, name, length });
            }
        }
        414 => faults.push(Fault::TargetTooLong(asked.target.len())),
        _ => {}
    }
}

/// Judges a challenge to a request that has credentials already: they aren't accepted. Digest, NTLM and Negotiate take several
/// rounds, so a second challenge says nothing there.
fn credentials(
    head: &Head<'_>,
    sent: FieldName,
    challenge: FieldName,
    asked: RequestHead<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(given) = asked.fields.get(sent) else { return };
    let is_meant = |scheme: &&str| {
        given.get(scheme.len()) == Some(&b' ')
            && begins_with(given, scheme.as_bytes())
            && head.all(challenge).any(|it| begins_with(it, scheme.as_bytes()))
    };
    if let Some(scheme) = ["Basic", "Bearer"].into_iter().find(is_meant) {
        faults.push(Fault::CredentialsRefused { scheme, name: sent.as_str() });
    }
}
