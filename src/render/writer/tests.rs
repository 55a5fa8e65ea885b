use proptest::prelude::*;

use super::line::width;
use super::*;
use crate::layers::{Direction, Field, Layer, Origin, Place};
use crate::render::frame::columns::tests::frame;
use crate::render::model::chart::{Bar, BarPart, Track};
use crate::render::model::ladder::Row;
use crate::render::model::layers::LayerRow;
use crate::render::model::prose::Place as Stands;
use crate::render::model::quote::Fold;
use crate::render::model::{
    Cell, Chart, Column, Form, Happening, Heading, Hex, Ladder, Layers, List, Look, Prose, Quote, Table,
};

/// What a capture may hold to steer a terminal or to mislead who reads: controls, colours, titles, bidirectional and
/// zero-width controls, marks that pile up, wide characters; and what our own separators are.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\x1b[2J\x1b]0;title\x07".to_vec()),
        Just("\u{202e}\u{2066}\u{200b}\u{feff}\u{9b}31m\u{a0}\u{2028}".as_bytes().to_vec()),
        Just("e\u{301}\u{301}\u{301}\u{301}\u{301}世界".as_bytes().to_vec()),
        Just(b"\x1f\x1e\r\n\t\\x \\u{202e}".to_vec()),
        any::<Vec<u8>>(),
        ".{0,30}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A page with a block of each kind, each full of it.
fn page(bytes: &[u8]) -> Page {
    let words = String::from_utf8_lossy(bytes).into_owned();
    let text = || Text::captured(bytes).and(words.clone()).and(Text::taught(words.clone())).look(Look::Bold);
    let mut page = Page::default();
    for place in [Stands::Section, Stands::After, Stands::Across, Stands::Item] {
        page.add(Heading::new(text(), text(), place));
    }
    let prose = || Prose::new(text()).marked(text()).under(1);
    for prose in [prose(), prose().cut(), prose().readable(), prose().hanging(), Prose::code(text())] {
        page.add(prose);
    }
    for form in [Form::Facts, Form::Card, Form::Frame, Form::Steps, Form::Letters, Form::Keys, Form::Commands] {
        let mut list = List::new(form);
        list.remarked(text(), text(), text());
        page.add(list);
    }
    for form in [Form::Hints, Form::Amounts, Form::Layers] {
        let mut list = List::new(form);
        list.part(1, text(), text());
        page.add(list);
    }
    let mut quote = Quote::new(Direction::Server);
    for fold in [Fold::Few, Fold::All, Fold::Words, Fold::Cut] {
        quote.add(fold, text());
    }
    page.add(Block::Beside(quote.clone().into(), quote.into()));
    let mut table = Table::new(&[Column::number("#"), Column::text("Text").wrapped(), Column::text("More").luxury()]);
    table.row([text().into(), Cell::or(text(), text()), text().into()]);
    page.add(Block::Either { abreast: 3, wide: table.clone().into(), narrow: table.but(7).into() });
    let (label, note) = (words.clone(), Some(words.clone()));
    let rung =
        Row { packet: 7, at: 9, from: 0, to: 2, label, short: None, layer: Layer::Application, note, lost: true };
    let rows = vec![rung.clone(), Row { from: 1, to: 1, ..rung }];
    let hosts = vec![words.clone(); 3];
    let ladder = Ladder { side: Some('A'), name: words.clone(), hosts, rows, numbered: true, ..Ladder::default() };
    page.add(vec![ladder.clone(), ladder]);
    page.add(Layers::about(vec![LayerRow::new(Layer::Session, &*words); 2], &[Layer::Session]));
    let place = Place::in_packet(1, 0, 9).bits(3..12);
    let field = Field::new(Layer::Network, words.clone(), words.clone(), words.clone(), place, words.clone());
    let fields = vec![field.clone().with_parts(vec![field])];
    page.add(fields.clone());
    page.add(Hex { bytes: bytes.to_vec(), start: 0, origin: Origin::Packet(1), fields });
    page.add(Chart::Bars(
        vec![BarPart { name: "part", look: Look::Good }],
        vec![Bar { name: "A".into(), parts: vec![7], figures: words.clone() }],
    ));
    let marks = words.chars().zip(0..).map(|(mark, at)| (at, mark)).collect();
    page.add(Chart::Tracks(vec![Track { name: "B".into(), lasted: Some((1, 3)), marks, figures: words.clone() }]));
    let told = |whole| Happening {
        at: 7,
        subject: text(),
        said: text(),
        asked: text(),
        rest: vec![text(), Text::default()],
        whole,
        explained: Some(text()),
    };
    page.add(told(true));
    page.add(told(false));
    page.add(Block::Flow(vec![Text::words("n").bold().and(" next"); 9]));
    page.add(Block::Names(vec![text(); 5]));
    page.add(Block::Told { seen: Prose::new(text()).into(), said: Prose::new(text()).into() });
    page
}

/// What no line may have in it, whatever was captured.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A line without its colours, which must be whole.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| {
        let (colour, text) = part.split_once('m').unwrap();
        assert!(colour.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{line:?}");
        text
    });
    first + &rest.collect::<String>()
}

proptest! {
    #[test]
    fn whatever_a_page_holds_no_line_is_too_wide_and_nothing_steers_the_terminal(
        bytes in hostile(), columns in 34_usize..140, unicode: bool, colour: bool,
    ) {
        let style = Style { colour, unicode, ..Style::plain(columns) };
        let page = page(&bytes);
        for line in style.lay_out(&page).iter().chain(&style.say(&page)) {
            let shown = without_colours(&style.shown(line));
            prop_assert!(width(&shown) <= columns, "{shown}");
            prop_assert!(!shown.contains(is_harmful), "{shown:?}");
            prop_assert!(unicode || shown.is_ascii(), "{shown}");
            prop_assert!(!shown.ends_with(' '), "{shown:?}");
            prop_assert_eq!(shown, Style { colour: false, ..style }.shown(line));
        }
    }
}

#[test]
fn a_frames_diagram_is_as_wide_as_its_ruler() {
    let lines = Style::plain(40).lines(Block::Frame(Box::new(frame(1, b"\x1b\xff", true))));
    assert_eq!(lines.iter().map(|line| width(line)).max(), Some(66));
    assert!(!lines.concat().contains(is_harmful));
}

#[test]
fn what_is_drawn_can_be_said() {
    let rung = |packet, from: usize| Row {
        packet,
        at: packet * 40_000_000,
        from,
        to: 1 - from,
        label: "SYN".into(),
        short: None,
        layer: Layer::Transport,
        note: (packet == 1).then(|| "sent again".into()),
        lost: packet == 1,
    };
    let mut ladder = Ladder::between("client", "server");
    (ladder.side, ladder.rows, ladder.numbered) = (Some('B'), vec![rung(1, 0), rung(2, 1)], true);
    let place = Place::in_packet(1, 14, 9).bits(4..8);
    let field = Field::new(Layer::Network, "IHL", "5", "20 bytes", place, "");
    let mut page = Page::from(ladder);
    page.add(Layers::new(vec![LayerRow::new(Layer::Session, "new")]));
    page.add(vec![field]);
    page.add(Block::Told { seen: Prose::new("seen").into(), said: Prose::new("said").into() });
    page.say("as it is");
    let said: Vec<String> = Style::plain(100).say(&page).iter().map(Line::text).collect();
    assert_eq!(
        said,
        [
            "B, packet 1, at 40 ms, client to server: SYN (sent again), lost on the way",
            "B, packet 2, at 80 ms, server to client: SYN",
            "Layer 5, Session (TCP/IP: Application): new",
            "byte 14, bits 4 to 7, layer 3, IHL: 5. 20 bytes",
            "said",
            "as it is",
        ]
    );
}
