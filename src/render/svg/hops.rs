//! The same conversation on both sides of a proxy: what the proxy was asked and what it asked, what it was told and what it
//! told, in the order of time, with what it changed in between.

use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::ladder::{HEAD, host};
use super::theme::Face;
use super::{Lacking, beginning};
use crate::inspect::hops::{Change, Hop, MessagePart};
use crate::inspect::record::{Direction, HttpMessage, Moment};
use crate::layers::Layer;
use crate::render::Look;
use crate::render::exchange::hops::{Hops, made, names, sentence};
use crate::render::numbers::{self, Times};

/// How many hops are drawn, and how many changes of each message.
const HOPS: usize = 4;
const CHANGES: usize = 8;
/// How much of a target or a value is looked at, in bytes.
const VALUE: usize = 80;
/// Where the lifelines stand.
const CLIENT: f64 = MARGIN + 50.0;
const PROXY: f64 = MARGIN + 340.0;
const SERVER: f64 = MARGIN + 630.0;
const STEP: f64 = 30.0;
const LINE: f64 = 17.0;

/// Draws the first hops.
///
/// # Errors
///
/// Where there is none.
pub fn picture(hops: &Hops, source: &str) -> Result<String, Lacking> {
    let all = hops.in_order();
    if all.is_empty() {
        return Err(Lacking::Hop);
    }
    let remark = "Each exchange is two: the client's with the proxy, and the proxy's with the server. Time runs down.";
    let mut svg = Svg::new("hops", "Both sides of a proxy", remark);
    let mut words = vec![remark.to_owned()];
    for hop in all.iter().take(HOPS) {
        let said = sentence(hop);
        one(&mut svg, hop, &said);
        words.push(said);
    }
    if all.len() > HOPS {
        let more = numbers::counted((all.len() - HOPS) as u64, "more hop");
        svg.y += 6.0;
        svg.remark(format!("… {more}"));
    }
    Ok(svg.finish(words, source))
}

/// Something that crosses one side of the proxy.
struct Rung<'a> {
    at: Moment,
    ends: [f64; 2],
    text: String,
    direction: Direction,
    /// What the proxy had changed of it by then.
    changes: Vec<&'a Change>,
}

fn one(svg: &mut Svg, hop: &Hop, said: &str) {
    let title = names(hop).join(" → ");
    svg.y += 20.0;
    svg.text((MARGIN, svg.y), Anchor::Start, Face::Heading, Look::Bold, format!("Exchange {title}"));
    svg.y =
        svg.lines((MARGIN, svg.y + 20.0), LINE, (Face::Body, Look::Plain), Safe::from(said).wrap(Face::Body, INNER, 3));
    let ([client, _], [_, server]) = (hop.from.ends, hop.to.ends);
    let hosts =
        [(CLIENT, client.ip().to_string()), (PROXY, format!("proxy {}", hop.proxy())), (SERVER, server.to_string())];
    for (x, name) in hosts {
        host(svg, (x, svg.y), &name, Fill::Panel, PROXY - CLIENT);
    }
    svg.y += HEAD;
    let changes = hop.changes();
    let rungs = rungs(hop, &changes);
    let times = Times::of(rungs.iter().map(|rung| rung.at.time.since(rungs[0].at.time)));
    let height: f64 = rungs.iter().map(|rung| STEP + panel(&rung.changes)).sum::<f64>() + 14.0;
    for x in [CLIENT, PROXY, SERVER] {
        svg.line((x, svg.y), (x, svg.y + height), Look::Dim);
    }
    for rung in &rungs {
        if !rung.changes.is_empty() {
            draw_changes(svg, &rung.changes);
        }
        svg.y += STEP;
        let [from, to] = rung.ends;
        let look = Look::From(rung.direction);
        svg.arrow((from, svg.y), to, look, false);
        let text = Safe::from(rung.text.as_str()).cut(Face::Small, PROXY - CLIENT - 20.0);
        svg.label((f64::midpoint(from, to), svg.y - 6.0), Anchor::Middle, Face::Small, look, text);
        let time = format!("{} ms", times.number(rung.at.time.since(rungs[0].at.time)));
        svg.text((SERVER + 12.0, svg.y + 4.0), Anchor::Start, Face::MonoSmall, Look::Dim, time);
    }
    svg.y += 14.0;
}

/// All four messages, as far as they're there.
fn rungs<'a>(hop: &Hop, changes: &'a [Change]) -> Vec<Rung<'a>> {
    let mut rungs = Vec::new();
    let legs = [(&hop.from, [CLIENT, PROXY]), (&hop.to, [PROXY, SERVER])];
    for (leg, [near, far]) in legs {
        let exchange = &leg.exchange;
        let mut add = |message: &HttpMessage, what: String, direction, ends| {
            let at = message.extent.first;
            let text = format!("{what} (packet {})", numbers::count(at.packet));
            // Times and arrows refer to whole messages.
            let is_of =
                |it: &&Change| it.direction == direction && it.packet == at.packet && it.part != MessagePart::Message;
            let of_it = changes.iter().filter(is_of);
            rungs.push(Rung { at, ends, text, direction, changes: of_it.collect() });
        };
        if let Some(request) = &exchange.request {
            let what = format!("{} {}", beginning(&request.method, VALUE), beginning(&request.target, VALUE));
            add(&request.message, what, Direction::Client, [near, far]);
        }
        if let Some(response) = &exchange.response {
            let what = format!("{} {}", response.status, beginning(&response.reason, VALUE));
            add(&response.message, what, Direction::Server, [far, near]);
        }
    }
    rungs.sort_by_key(|rung| rung.at.packet);
    rungs
}

/// How high a panel of changes is.
fn panel(changes: &[&Change]) -> f64 {
    if changes.is_empty() { 0.0 } else { changes.len().min(CHANGES + 1) as f64 * LINE + 22.0 }
}

fn draw_changes(svg: &mut Svg, changes: &[&Change]) {
    let height = panel(changes) - 10.0;
    let (x, width) = (CLIENT + 60.0, SERVER - CLIENT - 120.0);
    svg.area(Area { x, y: svg.y + 10.0, width, height }, Fill::Tint(Layer::Application), 6.0);
    let mut y = svg.y + 10.0 + LINE;
    for it in changes.iter().take(CHANGES) {
        let (glyph, look) = made(it.kind);
        let value = |value: &Option<Vec<u8>>| value.as_deref().map(|value| beginning(value, VALUE));
        let name = beginning(&it.name, VALUE);
        let text = match (value(&it.before), value(&it.after)) {
            (Some(before), Some(after)) => format!("{glyph} {name}: {before} → {after}"),
            (Some(one), None) | (None, Some(one)) => format!("{glyph} {name}: {one}"),
            (None, None) => format!("{glyph} {name}"),
        };
        let text = Safe::from(text).cut(Face::MonoSmall, width - 24.0);
        svg.text((x + 12.0, y), Anchor::Start, Face::MonoSmall, look, text);
        y += LINE;
    }
    if changes.len() > CHANGES {
        let more = numbers::counted((changes.len() - CHANGES) as u64, "more change");
        svg.text((x + 12.0, y), Anchor::Start, Face::Small, Look::Dim, format!("… {more}"));
    }
    svg.y += panel(changes);
}
