//! Finds out whether exchanges that look alike at their requests still do when they're over, and which of several was passed on.
//!
//! A proxy may ask more than one server for the same thing: again after a failure, in parallel if the first is slow, or to mirror
//! its traffic. The response that the client got tells which of them it came from.

use std::cmp::Reverse;

use super::changes::{self, is_made_up, is_revalidated};
use super::telling;
use crate::inspect::record::{Exchange, HttpMessage, Request};
use crate::layers::application::http::FieldName;

/// Of the exchanges with servers, the one whose response the client got, as far as one fits; of equals the latest.
pub(super) fn passed_on<'a>(told: &Exchange, made: impl Iterator<Item = &'a Exchange>) -> Option<usize> {
    let ranks = made.enumerate().filter_map(|(at, made)| Some((fit(told, made)?, at)));
    ranks.max().map(|(_, at)| at)
}

/// How well a server's response fits what the client got: the same length first, then the fewest changes. `None` if it
/// came too late or has another status.
fn fit(told: &Exchange, made: &Exchange) -> Option<(bool, Reverse<usize>)> {
    let (got, sent) = (changes::passed_on(told)?, made.response.as_ref()?);
    let is_stored = is_revalidated(made, got);
    if is_made_up(Some(sent), got) || (sent.status != got.status && !is_stored) {
        return None;
    }
    let mut found = Vec::new();
    changes::responses(made, told, &mut found);
    Some((is_stored || sent.message.body_bytes == got.message.body_bytes, Reverse(found.len())))
}

/// Whether nothing in two whole exchanges contradicts what told that they are one.
pub(super) fn is_borne_out(by: &str, told: &Exchange, made: &Exchange) -> bool {
    let (Some(asked), Some(passed)) = (&told.request, &made.request) else { return true };
    if telling::is_handed_down(by) {
        return telling::is_mapped(&asked.target, &passed.target) && !differ_in_length(&asked.message, &passed.message);
    }
    by != telling::BY_AGENT || !differ_in_host(asked, passed) || do_answers_agree(told, made)
}

/// Whether the responses have something in common, or the client's says that the server gave none.
fn do_answers_agree(told: &Exchange, made: &Exchange) -> bool {
    let Some(got) = &told.response else { return false };
    let Some(sent) = &made.response else { return got.status >= 500 };
    sent.status == got.status || is_revalidated(made, got) || !differ_in_length(&sent.message, &got.message)
}

fn differ_in_length(one: &HttpMessage, other: &HttpMessage) -> bool {
    one.complete && other.complete && one.body_bytes != other.body_bytes
}

fn differ_in_host(asked: &Request, passed: &Request) -> bool {
    let [asked, passed] = [asked, passed].map(|it| it.message.headers.get(FieldName::Host));
    asked.zip(passed).is_some_and(|(asked, passed)| asked != passed)
}
