//! What happened: each cause once, with its effects under it; and what to do about it.
//!
//! There's one story for each code, however often it came, so memory is bounded by the number of codes. Another view
//! lists all problems and notes one by one.

use std::collections::BTreeMap;

use super::well::Well;
use super::{legend, mark};
use crate::capture::names::mentioned;
use crate::explain;
use crate::inspect::event::{Event, Sink};
use crate::inspect::record::{Kind, Problem};
use crate::render::model::{Page, Prose, Text};
use crate::render::numbers;
use crate::render::rest::Rest;

/// How many stories the overview tells.
const TOLD: usize = 5;
/// How many places of a code are named, besides its first.
const PLACES: usize = 4;
/// How many codes of effects are kept for each story.
const EFFECTS: usize = 8;
/// How many causes are remembered. Effects that come later are shown on their own.
const CAUSES: usize = 1 << 14;
/// How many packets are shown of a story.
const MOST_PACKETS: usize = 12;
/// How many hops are remembered.
const HOPS: usize = 1 << 12;
/// What keeps a connection from being read.
const SILENCE: [&str; 5] =
    ["connection-refused", "icmp-complaint", "icmpv6-complaint", "no-answer", "tls-at-plain-port"];
/// What both sides of a proxy show together.
const PROXY: [&str; 4] = ["answered-too-late", "gateway-timeout", "proxy-drops-upgrade", "proxy-holds-back"];

/// Gathers what happened.
#[derive(Clone, Debug, Default)]
pub struct Happened {
    stories: BTreeMap<&'static str, Story>,
    /// The story that each problem and each note belongs to, by its id.
    causes: BTreeMap<u64, &'static str>,
    connections: u64,
    well: Well,
    /// Exchanges on the client's side of a proxy, and on its server's side, by their connections and indexes.
    hops: Vec<[(u64, u64); 2]>,
}

/// A cause and its effects.
#[derive(Clone, Debug)]
pub struct Story {
    /// How it came first.
    pub first: Problem,
    again: Again,
    effects: BTreeMap<&'static str, (Problem, Again)>,
    /// Effects whose codes are not kept.
    more_effects: u64,
}

/// Where it came again.
#[derive(Clone, Debug, Default)]
struct Again {
    count: u64,
    places: Vec<u64>,
}

impl Again {
    fn add(&mut self, packet: u64) {
        self.count += 1;
        if self.places.len() < PLACES && packet > 0 && !self.places.contains(&packet) {
            self.places.push(packet);
        }
    }
}

impl Sink for Happened {
    fn event(&mut self, event: Event<'_>) {
        self.well.event(event);
        match event {
            Event::Problem(it) => self.add(it),
            Event::Closed(_) => self.connections += 1,
            Event::Hop(it) if self.hops.len() < HOPS => {
                self.hops.push([&it.from, &it.to].map(|leg| (leg.exchange.connection, leg.exchange.index)));
            }
            _ => {}
        }
    }
}

impl Happened {
    fn add(&mut self, it: &Problem) {
        // A note that repeats another names it as its cause, however long ago that was.
        let cause = it.because.and_then(|cause| self.causes.get(&cause).copied()).unwrap_or(it.code);
        self.causes.insert(it.id, cause);
        if self.causes.len() > CAUSES {
            self.causes.pop_first();
        }
        let Some(story) = self.stories.get_mut(cause) else {
            let (again, effects) = (Again::default(), BTreeMap::new());
            self.stories.insert(cause, Story { first: it.clone(), again, effects, more_effects: 0 });
            return;
        };
        if cause == it.code {
            story.again.add(it.packet);
        } else if story.effects.len() < EFFECTS || story.effects.contains_key(it.code) {
            let (first, again) = story.effects.entry(it.code).or_insert_with(|| (it.clone(), Again::default()));
            if first.id != it.id {
                again.add(it.packet);
            }
        } else {
            story.more_effects += 1;
        }
    }

    /// All stories, in the order of their packets; at one packet what breaks a rule comes before a note.
    #[must_use]
    pub fn stories(&self) -> Vec<&Story> {
        let mut stories: Vec<&Story> = self.stories.values().collect();
        stories.sort_by_key(|it| (it.is_minor(), it.first.packet, it.first.kind, it.first.id));
        stories
    }

    /// Whether there is anything to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stories.is_empty()
    }

    /// Whether it explains for every connection why there's nothing to read.
    #[must_use]
    pub fn explains_silence(&self) -> bool {
        let told = SILENCE.iter().filter_map(|code| self.stories.get(code)).map(|story| story.again.count + 1);
        told.sum::<u64>() >= self.connections.max(1)
    }

    /// The most important stories, in few lines each; the others are counted. `rest`: what of the capture was not read.
    #[must_use]
    pub fn page(&self, rest: Rest<'_>) -> Page {
        let mut page = Page::default();
        let all = self.stories();
        let Some(story) = all.first() else {
            page.add(Prose::new(self.well.sentence(rest)).readable());
            return page;
        };
        // If there's no room for everything, notes make room for problems.
        let mut chosen: Vec<usize> = (0..all.len()).collect();
        chosen.sort_by_key(|at| (all[*at].first.kind, *at));
        chosen.retain(|at| !all[*at].is_minor() || all.len() == 1);
        chosen.truncate(TOLD);
        for (_, it) in all.iter().enumerate().filter(|(at, _)| chosen.contains(at)) {
            page.append(it.head(self.connections > 1));
            if let Some(effects) = it.effects_in_short() {
                page.add(Prose::new(effects).under(1).marked(Text::words("↳ ").dim()));
            }
        }
        let others = all.iter().enumerate().filter(|(at, _)| !chosen.contains(at));
        let others: Vec<String> = others.map(|(_, it)| named(&it.first, &it.again)).collect();
        if !others.is_empty() {
            page.add(Prose::new(format!("Also: {}.", others.join(", "))));
        }
        if let [only] = chosen.as_slice() {
            page.append(all[*only].advice());
        }
        page.remark(says_more(story.first.code, all.len()));
        page
    }

    /// The exchanges on the other sides of the proxies that an exchange went through, or that any exchange of the connection did,
    /// and whether those were on the client's side.
    pub fn other_sides(&self, connection: u64, exchange: Option<u64>) -> impl Iterator<Item = ((u64, u64), bool)> {
        let is_it = move |of: (u64, u64)| of.0 == connection && exchange.is_none_or(|index| index == of.1);
        self.hops.iter().filter_map(move |[outer, inner]| {
            if is_it(*outer) { Some((*inner, false)) } else { is_it(*inner).then_some((*outer, true)) }
        })
    }

    /// The first of it alone: a sentence.
    #[must_use]
    pub fn in_short(&self, rest: Rest<'_>) -> Page {
        self.stories()
            .first()
            .map_or_else(|| Prose::new(self.well.sentence(rest)).into(), |story| story.sentence().into())
    }

    /// What stories are told like, and what their marks mean.
    #[must_use]
    pub fn legend(&self) -> &'static str {
        legend(self.stories.values().flat_map(Story::kinds))
    }
}

impl Story {
    /// Whether it's worth a look only if nothing else happened.
    #[must_use]
    pub fn is_minor(&self) -> bool {
        self.first.is_minor() && self.effects.is_empty()
    }

    /// Whether it's about what a proxy did, which both of its sides show.
    #[must_use]
    pub fn is_of_a_proxy(&self) -> bool {
        PROXY.contains(&self.first.code)
    }

    /// What happened, as a sentence with a mark, and where.
    #[must_use]
    pub fn head(&self, several: bool) -> Page {
        let mut page = Page::from(self.sentence());
        page.add(Prose::new(self.places(several).dim()).under(1));
        page
    }

    /// Of what kinds it and its effects are.
    fn kinds(&self) -> impl Iterator<Item = Kind> {
        std::iter::once(self.first.kind).chain(self.effects.values().map(|(first, _)| first.kind))
    }

    /// A cause is to be seen before its effects.
    fn sentence(&self) -> Prose {
        let (glyph, look) = mark(self.first.kind);
        let mark = Text::words(format!("{glyph} ")).look(look);
        Prose::new(Text::words(sentence(&self.first.text)).bold()).marked(mark)
    }

    /// Where, under which code, by which clause.
    fn places(&self, several: bool) -> Text {
        let it = &self.first;
        let mut places = Vec::new();
        if it.packet > 0 {
            places.push(format!("packet {}", numbers::count(it.packet)));
        }
        if let Some(number) = it.connection.filter(|_| several) {
            places.push(format!("connection {number}"));
        }
        places.push(it.code.to_owned());
        if !it.clause.is_empty() {
            places.push(it.clause.to_owned());
        }
        if self.again.count > 0 {
            places.push(format!("and {} more like it{}", numbers::count(self.again.count), at(&self.again.places)));
        }
        Text::words(places.join(" · "))
    }

    fn effects_in_short(&self) -> Option<Text> {
        let known: u64 = self.effects.values().map(|(_, again)| again.count + 1).sum();
        let all = known + self.more_effects;
        let mut named: Vec<String> = self.in_order().into_iter().map(|(it, again)| named(it, again)).collect();
        if self.more_effects > 0 {
            named.push("…".to_owned());
        }
        let effects = numbers::counted(all, "effect");
        (all > 0).then(|| Text::words(format!("and {effects}: {}", named.join(", "))))
    }

    fn in_order(&self) -> Vec<(&Problem, &Again)> {
        let mut effects: Vec<_> = self.effects.values().map(|(first, again)| (first, again)).collect();
        effects.sort_by_key(|(first, _)| first.id);
        effects
    }

    /// The packets that show it: its own, those of its effects on these connections, and those that the sentences name.
    #[must_use]
    pub fn packets(&self, connections: &[u64]) -> Vec<u64> {
        let effects = self.in_order();
        let all = std::iter::once(&self.first).chain(effects.iter().map(|(first, _)| *first));
        let all = all.filter(|it| it.connection.is_none_or(|connection| connections.contains(&connection)));
        let mut packets: Vec<u64> = all
            .flat_map(|it| std::iter::once(it.packet).chain(mentioned(&it.text).into_iter().take(MOST_PACKETS)))
            .collect();
        packets.retain(|packet| *packet > 0);
        packets.truncate(MOST_PACKETS);
        packets.sort_unstable();
        packets.dedup();
        packets
    }

    /// All of it: the sentence, its effects, the packets that show it, and what to do.
    #[must_use]
    pub fn page(&self, several: bool, evidence: Page) -> Page {
        let mut page = self.head(several);
        for (it, again) in self.in_order() {
            let (glyph, look) = mark(it.kind);
            let place = if it.packet > 0 { format!("packet {}", numbers::count(it.packet)) } else { String::new() };
            let more = match again.count {
                0 => String::new(),
                more => format!("and {} more like it{}", numbers::count(more), at(&again.places)),
            };
            let remark = [place, it.code.to_owned(), it.clause.to_owned(), more];
            let remark: Vec<String> = remark.into_iter().filter(|part| !part.is_empty()).collect();
            let mark = Text::words("↳ ").dim().and(Text::words(format!("{glyph} ")).look(look));
            page.add(Prose::new(sentence(&it.text)).under(1).marked(mark));
            page.add(Prose::new(Text::words(remark.join(" · ")).dim()).under(2));
        }
        if self.more_effects > 0 {
            let more = numbers::counted(self.more_effects, "more effect");
            page.add(Prose::new(Text::words(format!("⋮ {more}")).dim()).under(1));
        }
        if !evidence.is_empty() {
            page.space();
            page.append(evidence);
        }
        let advice = self.advice();
        if !advice.is_empty() {
            page.space();
            page.append(advice);
        }
        page
    }

    /// What to do about it.
    fn advice(&self) -> Page {
        let advice = explain::problem(self.first.code).and_then(|story| story.detail("To do"));
        let prose = |advice| Prose::new(advice).marked(Text::words("What to do: ").bold()).readable();
        advice.map(|advice| Page::from(prose(advice))).unwrap_or_default()
    }
}

/// Where one reads more: of so many stories, the first of which has this code.
#[must_use]
pub fn says_more(code: &str, of: usize) -> String {
    let others = if of == 1 { "" } else { "; any other code works the same way" };
    format!("For more, run wire101 explain {code}{others}.")
}

/// A fault's text as a complete sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Its code, and where it is or how often.
fn named(it: &Problem, again: &Again) -> String {
    match again.count {
        0 if it.packet == 0 => it.code.to_owned(),
        0 => format!("{} (packet {})", it.code, numbers::count(it.packet)),
        more => format!("{} ({} times)", it.code, numbers::count(more + 1)),
    }
}

fn at(packets: &[u64]) -> String {
    let packets: Vec<String> = packets.iter().map(|packet| numbers::count(*packet)).collect();
    match packets.as_slice() {
        [] => String::new(),
        [one] => format!(" (packet {one})"),
        _ => format!(" (packets {})", packets.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn problem(id: u64, code: &'static str, because: Option<u64>, packet: u64) -> Problem {
        Problem {
            id,
            because,
            code,
            packet,
            connection: Some(3),
            clause: "RFC 9112 §6.1",
            text: "the reader \"sees\" garbage".into(),
            ..Problem::default()
        }
    }

    fn note(id: u64, code: &'static str, because: Option<u64>, packet: u64) -> Problem {
        Problem { kind: Kind::Note, ..problem(id, code, because, packet) }
    }

    fn happened(found: &[Problem]) -> Happened {
        let mut happened = Happened::default();
        for it in found {
            happened.event(Event::Problem(it));
        }
        happened
    }

    fn lines(happened: &Happened) -> String {
        Style::plain(80).lines(happened.page(Rest(None))).join("\n")
    }

    #[test]
    fn effects_are_folded_under_their_cause_and_repeated_codes_are_counted() {
        let found = [
            problem(0, "missing-key", None, 4),
            problem(1, "reset-in-message", Some(0), 9),
            problem(2, "cut-short", Some(1), 9),
            problem(3, "cut-short", Some(1), 1_010),
            problem(4, "missing-key", None, 40),
        ];
        insta::assert_snapshot!(lines(&happened(&found)), @r#"
        ✗ The reader "sees" garbage.
          packet 4 · missing-key · RFC 9112 §6.1 · and 1 more like it (packet 40)
          ↳ and 3 effects: reset-in-message (packet 9), cut-short (2 times)
        For more, run wire101 explain missing-key.
        "#);
    }

    #[test]
    fn stories_come_in_the_order_of_their_packets_and_the_missing_close_last() {
        let found = [
            problem(0, "no-close-handshake", None, 2),
            note(1, "gateway-timeout", None, 7),
            problem(2, "other-etag-in-304", None, 7),
            note(3, "zero-window", None, 5),
        ];
        let happened = happened(&found);
        let codes: Vec<&str> = happened.stories().iter().map(|it| it.first.code).collect();
        assert_eq!(codes, ["zero-window", "other-etag-in-304", "gateway-timeout", "no-close-handshake"]);
    }

    #[test]
    fn of_more_than_five_the_problems_are_told_and_the_rest_is_counted() {
        let codes = ["a", "b", "c", "d", "e", "f", "g"];
        let mut found: Vec<Problem> = (0..).zip(codes).map(|(id, code)| problem(id, code, None, id + 1)).collect();
        found[0].kind = Kind::Note;
        found.push(note(7, "a", None, 9));
        let lines = lines(&happened(&found));
        assert_eq!(lines.matches('✗').count(), TOLD, "{lines}");
        assert!(lines.contains("\nAlso: a (2 times), g (packet 7).\nFor more, run wire101 explain a; any other code works the same way."), "{lines}");
    }

    #[test]
    fn the_evidence_is_its_packets_and_those_that_the_sentences_name() {
        let mut cause = problem(0, "answered-while-sending", None, 16);
        cause.text = "the server answered 413 (packet 10) before packet x".into();
        let elsewhere = Problem { connection: Some(4), ..problem(2, "cut-short", Some(0), 30) };
        let happened = happened(&[cause, problem(1, "reset-in-message", Some(0), 17), elsewhere]);
        assert_eq!(happened.stories()[0].packets(&[3]), [10, 16, 17]);
        assert_eq!(happened.stories()[0].packets(&[3, 4]), [10, 16, 17, 30]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let codes = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        let mut happened = Happened::default();
        for id in 0..2 * CAUSES as u64 {
            let because = (id > 0).then_some(0);
            happened.event(Event::Problem(&problem(id, codes[id as usize % codes.len()], because, id + 1)));
        }
        assert_eq!(happened.causes.len(), CAUSES);
        assert!(happened.stories.values().all(|story| story.effects.len() <= EFFECTS));
        assert!(lines(&happened).contains(", …"), "{}", lines(&happened));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text: String, columns in 16_usize..130) {
            let evil = |id, because| Problem { text: text.clone().into(), ..problem(id, "missing-key", because, 9) };
            let effect = Problem { code: "reset-in-message", ..evil(1, Some(0)) };
            let happened = happened(&[evil(0, None), effect]);
            let style = Style::plain(columns);
            let why = happened.stories()[0].page(true, Page::default());
            for line in [style.lines(happened.page(Rest(None))), style.lines(why)].concat() {
                prop_assert!(width(&line) <= columns, "{line}");
                prop_assert!(!line.contains(|c: char| c.is_control()));
            }
        }
    }
}
