//! Every view there is, as the command line asks for it.

use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use wire101::capture::PacketName;
use wire101::capture::watched::Watcher;
use wire101::commands::compare::{Compare, compare};
use wire101::commands::draw::{Draw, Of, Picture, draw};
use wire101::commands::inspect::{Inspect, inspect};
use wire101::filter::Filter;
use wire101::inspect::record::Direction;
use wire101::render::style::Style;

/// Shows the first file, and writes to the second what is to be written to one. Whether the capture has what is to be shown doesn't matter.
pub type View = fn([&Path; 2], &mut dyn Write, &Rc<dyn Watcher>);

/// A view of `inspect`.
macro_rules! inspect {
    ($($field:ident: $value:expr),*) => {
        |[file, _], out, watcher| {
            let asked = Inspect { file: file.to_path_buf(), $($field: $value,)* ..Inspect::default() };
            let _ = inspect(&asked, out, Style::plain(100), Rc::clone(watcher));
        }
    };
}

/// A view that also writes a file.
macro_rules! keep {
    ($($field:ident: $value:expr),*) => {
        |[file, to], out, watcher| {
            let asked =
                Inspect { file: file.to_path_buf(), out: Some(to.to_path_buf()), $($field: $value,)* ..Inspect::default() };
            let _ = inspect(&asked, out, Style::plain(100), Rc::clone(watcher));
        }
    };
}

macro_rules! draw {
    ($kind:expr) => {
        |[file, _], out, watcher| {
            let _ = draw(&Draw { kind: $kind, of: Of::File(file.to_path_buf()), out: None }, out, Rc::clone(watcher));
        }
    };
}

/// A condition that looks into everything.
fn containing() -> Filter {
    Filter { contains: Some(b"needle".to_vec()), ..Filter::default() }
}

/// Views that show much of each byte: a few packets are enough to see how they grow.
pub const BYTE_VIEWS: &[(&str, View)] = &[
    ("--hex", inspect!(hex: true)),
    ("--connection 0 --layers --hex", inspect!(connection: Some(0), layers: true, hex: true)),
    ("--exchange 0.0 --layers --hex --ladder", inspect!(exchange: Some((0, 0)), layers: true, hex: true, ladder: true)),
    ("--redact --hex", inspect!(redact: true, hex: true)),
    ("--layers", inspect!(layers: true)),
    ("--redact --out", keep!(redact: true)),
];

/// All others.
pub const VIEWS: &[(&str, View)] = &[
    ("overview", inspect!()),
    ("--summary", inspect!(summary: true)),
    ("--json", inspect!(json: true)),
    ("--why", inspect!(why: true)),
    ("--problems", inspect!(problems: true)),
    ("--hops", inspect!(hops: true)),
    ("--ladder", inspect!(ladder: true)),
    ("--connection 0", inspect!(connection: Some(0))),
    ("--exchange 0.0", inspect!(exchange: Some((0, 0)))),
    (
        "--packet 5 --layers --hex",
        inspect!(packet: Some(PacketName { file: None, number: 5 }), layers: true, hex: true),
    ),
    ("--follow 0", inspect!(follow: Some(0))),
    ("--body 0.0", inspect!(body: Some(((0, 0), Direction::Server)))),
    ("--body 0.0:request", inspect!(body: Some(((0, 0), Direction::Client)))),
    ("--contains", inspect!(filter: containing())),
    ("--out", keep!()),
    ("--redact", inspect!(redact: true)),
    ("--redact --json", inspect!(redact: true, json: true)),
    ("compare", |[file, _], out, watcher| {
        let asked = Compare { files: vec![file.to_path_buf(); 2], ..Compare::default() };
        let _ = compare(&asked, out, Style::plain(100), watcher);
    }),
    ("draw osi", draw!(Picture::Osi(None))),
    ("draw http", draw!(Picture::Http(None))),
    ("draw keep-alive", draw!(Picture::KeepAlive)),
    ("draw upgrade", draw!(Picture::Upgrade(None))),
    ("draw frame", draw!(Picture::Frame(None))),
    ("draw relay", draw!(Picture::Relay)),
    ("draw hops", draw!(Picture::Hops)),
];
