//! What a screen still shows of a page that is longer than it; and where the eye is led.

use std::path::PathBuf;
use std::rc::Rc;

use wire101::capture::watched::Nobody;
use wire101::commands::inspect::{Inspect, inspect};
use wire101::render::style::Style;

use super::common::{Capture, Folder};
use super::{GET, OK, PROXY, hello};

fn overview(file: PathBuf, height: Option<usize>) -> String {
    let mut out = Vec::new();
    let asked = Inspect { file, ..Inspect::default() };
    inspect(&asked, &mut out, Style { height, ..Style::plain(80) }, Rc::new(Nobody)).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_page_that_is_longer_than_the_screen_ends_with_what_it_began_with() {
    let folder = Folder::new();
    let proxy = folder.file("proxy.pcap", PROXY);
    let whole = overview(proxy.clone(), None);
    let on_screen = overview(proxy.clone(), Some(24));
    let end = on_screen.strip_prefix(&whole).unwrap();
    assert!(end.contains("The proxy at 10.0.0.2 dropped Upgrade") && end.contains("| less -R"), "{end}");
    assert_eq!(overview(proxy, Some(200)), whole);
    let well = overview(folder.file("hello.pcap", &hello().bytes()), Some(10));
    assert_eq!(well.matches("All is well").count(), 2, "{well}");
}

#[test]
fn exchanges_and_connections_that_something_was_found_about_are_marked() {
    let folder = Folder::new();
    let mut capture = Capture::new();
    capture.connect(40_000).client(GET).server(OK).client(b"GET / HTTP/1.1\r\n\r\n").server(OK).close();
    let out = overview(folder.file("a.pcap", &capture.bytes()), None);
    assert!(out.contains("causes before effects · ✗ a broken rule\n"), "{out}");
    assert!(out.contains("\n✗ 0.1  GET") && out.contains("\n  0.0  GET"), "{out}");
    let well = overview(folder.file("b.pcap", &hello().bytes()), None);
    assert!(well.contains("causes before effects\n") && well.contains("\n0.0  GET"), "{well}");
}
