use proptest::prelude::*;

use super::canvas::{Anchor, INNER, Safe, Svg};
use super::relay::Heard;
use super::theme::Face;
use super::{beginning, frame, http, keep_alive, osi, relay, upgrade};
use crate::annotate::{AnnotatedPacket, Whole, Wholes};
use crate::capture::{LinkType, Timestamp};
use crate::inspect::Sink;
use crate::inspect::event::Event;
use crate::inspect::record::{Connection, Direction, Exchange, Message, Protocol, Request, Response};
use crate::inspect::samples;
use crate::layers::{Field, Layer, Origin, Span};
use crate::render::Look;
use crate::render::connection::columns::tests::connection;
use crate::render::frame::columns::tests::frame as a_frame;
use crate::render::story::Story;

fn parsed(picture: &str) -> roxmltree::Document<'_> {
    roxmltree::Document::parse(picture).unwrap_or_else(|error| panic!("{error}:\n{picture}"))
}

/// A message of one line of each kind, all of which says that.
fn message(said: &str) -> Field {
    let part = |name: &'static str| {
        let spans = vec![Span { origin: Origin::Packet(1), bits: 0..80 }];
        Field::new(Layer::Application, name, said, said.to_owned(), spans, said.to_owned())
    };
    let parts =
        ["request line", "field line", "CRLF", "content"].map(|name| part(name).with_parts(vec![part("method")]));
    part("HTTP request").with_parts(parts.into())
}

fn exchange(said: &str) -> Exchange {
    let request = Request { method: said.into(), target: said.into(), ..Request::default() };
    let response = Response { status: 101, reason: said.into(), ..Response::default() };
    let upgraded = Some("websocket".to_owned());
    Exchange { request: Some(request), response: Some(response.into()), upgraded, ..Exchange::default() }
}

fn story(said: &str) -> Story {
    let mut story = Story::default();
    story.event(Event::Interface(0, Some(said)));
    story.event(Event::Exchange(&exchange(said)));
    story.event(Event::Frame(&a_frame(1, said.as_bytes(), true)));
    story.event(Event::Closed(&Connection { number: 0, exchanges: 2, protocol: Protocol::Http1, ..connection() }));
    story
}

/// What one client says, and another gets from the server.
fn relayed(said: &str) -> String {
    let (mut story, mut heard) = (Story::default(), Heard::default());
    for number in 0..2 {
        story.event(Event::Exchange(&Exchange { connection: number, ..exchange("/") }));
        story.event(Event::Closed(&Connection { number, ..connection() }));
    }
    for (connection, direction) in [(0, Direction::Client), (1, Direction::Server)] {
        let message = Message { connection, ..samples::message(direction, 1, said.as_bytes()) };
        heard.event(Event::Message(&message));
    }
    relay::picture(&story, &heard, "source").unwrap()
}

fn whole(messages: Vec<Field>) -> Wholes {
    Wholes { all: messages.into_iter().map(|field| Whole { field, left_out: 0 }).collect(), left_out: 0 }
}

/// What a picture says in words.
fn described(picture: &str) -> String {
    let document = parsed(picture);
    let description = document.descendants().find(|node| node.has_tag_name("desc")).unwrap();
    description.text().unwrap().to_owned()
}

proptest! {
    #[test]
    fn whatever_was_captured_a_picture_is_well_formed(said in any::<String>(), bytes: Vec<u8>, opcode: u8) {
        let fields = [message(&said)];
        let packet = AnnotatedPacket {
            number: 1,
            time: Timestamp(0),
            link: LinkType::ETHERNET,
            original_length: bytes.len() as u32,
            data: bytes.clone(),
            fields: fields.to_vec(),
            derived: Vec::new(),
            connection: Some(0),
            units: Vec::new(),
        };
        let (story, exchange) = (story(&said), exchange(&said));
        parsed(&http::picture(&exchange, &whole(fields.to_vec()), &said));
        parsed(&osi::picture(&story, &exchange, &packet, &said));
        parsed(&frame::picture(&a_frame(opcode, &bytes, true), &fields, &said));
        parsed(&keep_alive::picture(&story, &said).unwrap());
        parsed(&upgrade::picture(&story, None, &said).unwrap());
        parsed(&relayed(&format!("{said}!")));
    }

    #[test]
    fn text_is_drawn_as_terminals_show_it(bytes: Vec<u8>) {
        let mut svg = Svg::new("frame", "title", "");
        let safe = Safe::bytes(&bytes);
        svg.text((0.0, 0.0), Anchor::Start, Face::Mono, Look::Plain, &safe);
        let picture = svg.finish([""], "");
        let document = parsed(&picture);
        let shown: Vec<_> = document.descendants().filter(|node| node.has_tag_name("text")).map(|node| node.text().unwrap_or_default()).collect();
        prop_assert_eq!(shown[1], crate::render::escape::escape(&bytes));
    }

    #[test]
    fn no_line_is_wider_than_its_room_and_no_word_is_lost(text: String, room in 40.0..INNER) {
        let safe = Safe::from(text);
        for face in [Face::Body, Face::Mono] {
            prop_assert!(safe.cut(face, room).width(face) <= room);
            let lines = safe.wrap(face, room, usize::MAX);
            prop_assert!(lines.iter().all(|line| line.width(face) <= room), "{:?}", lines);
            let without_spaces = |text: &str| text.replace(' ', "");
            let all: String = lines.iter().map(Safe::as_str).collect();
            prop_assert_eq!(without_spaces(&all), without_spaces(safe.as_str()));
            prop_assert!(safe.wrap(face, room, 2).len() <= 2);
        }
    }
}

#[test]
fn what_is_said_is_escaped_once() {
    let words = described(&relayed("one\ntwo"));
    assert!(words.contains(r"says “one\ntwo”; the server sends “one\ntwo” to"), "{words}");
}

#[test]
fn a_quote_that_goes_on_is_cut_between_characters_and_says_so() {
    let words = described(&relayed(&format!("x{}", "é".repeat(150))));
    assert!(words.contains("éé…” to ") && !words.contains('\u{fffd}'), "{words}");
    assert_eq!(beginning("xéé".as_bytes(), 4), "xé…");
    assert_eq!(beginning("xéé".as_bytes(), 5), "xéé");
}

#[test]
fn a_part_that_is_very_long_takes_nothing_from_those_after_it() {
    let words = described(&Svg::new("frame", "title", "").finish(["é".repeat(9_000), "the end".to_owned()], ""));
    assert!(words.ends_with("é… the end") && words.len() < 5_000, "{}", words.len());
}

#[test]
fn a_picture_stays_of_a_size_that_can_be_looked_at() {
    let mut many = message(&"word ".repeat(5_000));
    let parts = many.parts.clone();
    many.parts = parts.into_iter().cycle().take(2_000).collect();
    let picture = http::picture(&exchange(&"x".repeat(100_000)), &whole(vec![many; 2]), "source");
    let document = parsed(&picture);
    let height: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
    assert!(height < 10_000.0 && picture.len() < 500_000, "{height}, {}", picture.len());
    assert!(picture.contains("more parts"));
    let fields = Wholes { left_out: 1_000, ..whole(vec![message("word"); 40]) };
    let picture = http::picture(&exchange("word"), &fields, "source");
    assert!(picture.contains("1 032 more messages") || picture.contains("1,032 more messages"));
}
