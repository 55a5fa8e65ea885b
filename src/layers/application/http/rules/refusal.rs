//! Refusals that the request itself explains (RFC 9110 §15.5, RFC 6585).

use super::super::names::FieldName;
use super::super::start_line::named_method;
use super::RequestHead;
use super::problems::Fault;
use crate::layers::quoted::Named;

/// A field line from which on its length may be what the server minds, in bytes.
const LARGE: usize = 2000;

pub(super) fn judge(status: u16, asked: RequestHead<'_>, faults: &mut Vec<Fault>) {
    match status {
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
