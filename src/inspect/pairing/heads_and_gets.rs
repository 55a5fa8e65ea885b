//! What HEAD says about a target's length, compared with what GET then brings (RFC 9110 §9.3.2), if both asked for the same thing
//! and nothing shows that it changed in between.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

use super::super::record::{Fields, Request, Response};
use crate::layers::application::http::{Fault, FieldName, NameSet};
use crate::layers::quoted::Quoted;
use crate::limits::MAX_HEADS;

/// By what servers choose between representations, whether or not Vary says so.
const USUAL: [FieldName; 7] = [
    FieldName::Accept,
    FieldName::AcceptEncoding,
    FieldName::AcceptLanguage,
    FieldName::Authorization,
    FieldName::Cookie,
    FieldName::Host,
    FieldName::Origin,
];

/// The latest answers to HEAD on a connection.
#[derive(Debug, Default)]
pub(super) struct Heads(VecDeque<Said>);

/// One of them.
#[derive(Clone, Copy, Debug)]
struct Said {
    /// The hash of what was asked for: target, and [`USUAL`] fields.
    asked: u64,
    /// The hash of all the request's fields.
    fields: u64,
    varies: bool,
    /// The hashes of `ETag` and Last-Modified, where they're there.
    validators: [Option<u64>; 2],
    length: u64,
    /// The packet with it.
    packet: u64,
}

impl Heads {
    /// A request was answered. Returns what is wrong with the length that HEAD gave, if this is the GET that shows it. In a capture
    /// that was `redacted`, what was blanked can't be compared.
    pub(super) fn answered(&mut self, request: &Request, response: &Response, redacted: bool) -> Option<Fault> {
        if redacted && is_blanked(request, response) {
            return None;
        }
        match &request.method[..] {
            b"HEAD" => self.keep(request, response),
            b"GET" if !self.0.is_empty() => return self.contradicts(request, response),
            b"GET" | b"OPTIONS" | b"TRACE" => {}
            // What isn't safe (§9.2.1) may have changed anything.
            _ => self.0.clear(),
        }
        None
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&self) -> usize {
        self.0.capacity() * size_of::<Said>()
    }

    fn keep(&mut self, request: &Request, response: &Response) {
        let length = response.message.headers.get(FieldName::ContentLength);
        let Some(length) = length.and_then(|length| std::str::from_utf8(length).ok()?.parse().ok()) else { return };
        let Some(said) = Said::of(request, response, length) else { return };
        if self.0.len() == MAX_HEADS {
            self.0.pop_front();
        }
        self.0.push_back(said);
    }

    fn contradicts(&self, request: &Request, response: &Response) -> Option<Fault> {
        let get = Said::of(request, response, response.message.body_bytes)?;
        let head = self.0.iter().rev().find(|head| head.asked == get.asked)?;
        let is_same = head.fields == get.fields || !head.varies && !get.varies;
        let changed = head
            .validators
            .iter()
            .zip(get.validators)
            .any(|pair| matches!(pair, (Some(one), Some(other)) if *one != other));
        (head.length != get.length && is_same && !changed).then(|| Fault::HeadUnlikeGet {
            target: Quoted::of(&request.target),
            head: head.length,
            packet: head.packet,
            get: get.length,
        })
    }
}

impl Said {
    /// What an answer says of a target; `None` if it says nothing of the content as it is.
    fn of(request: &Request, response: &Response, length: u64) -> Option<Self> {
        let (asked, told) = (&request.message.headers, &response.message.headers);
        if response.status != 200 || told.has(NameSet::of(&[FieldName::ContentEncoding])) {
            return None;
        }
        let hash = |parts: &mut dyn Iterator<Item = &[u8]>| {
            let mut hasher = FixedState::default().build_hasher();
            for part in parts {
                hasher.write_usize(part.len());
                hasher.write(part);
            }
            hasher.finish()
        };
        let usual = USUAL.iter().flat_map(|name| std::iter::once(name.as_str().as_bytes()).chain(asked.all(*name)));
        let validator = |name| told.get(name).map(|value| hash(&mut [value].into_iter()));
        Some(Self {
            asked: hash(&mut std::iter::once(&request.target[..]).chain(usual)),
            fields: hash(&mut asked.iter().flat_map(|(name, value)| [name, value])),
            varies: varies(told),
            validators: [FieldName::ETag, FieldName::LastModified].map(validator),
            length,
            packet: response.message.extent.first.packet,
        })
    }
}

/// Whether values that are always blanked tell one representation from another.
fn is_blanked(request: &Request, response: &Response) -> bool {
    const SECRETS: NameSet = NameSet::of(&[FieldName::Authorization, FieldName::Cookie]);
    let told = &response.message.headers;
    request.message.headers.has(SECRETS) || told.has(NameSet::of(&[FieldName::ETag])) || varies(told)
}

/// Whether Vary names anything beside [`USUAL`] fields.
fn varies(told: &Fields) -> bool {
    let is_usual = |name: &[u8]| FieldName::of(name).is_some_and(|name| USUAL.contains(&name));
    !told.list(FieldName::Vary).all(is_usual)
}
