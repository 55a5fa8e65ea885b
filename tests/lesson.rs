//! What `wire101 lesson` prints, as a library call: the pages, and what they promise.

use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;
use wire101::capture::Reader;
use wire101::capture::watched::Nobody;
use wire101::commands::lesson::{self, Run};
use wire101::commands::{Failure, inspect};
use wire101::lesson::text::Template;
use wire101::lesson::text::template::{Operand, Placeholder, TextPart};
use wire101::lesson::{Measure, Side, catalogue, run};
use wire101::render::style::Style;
use wire101::wire::{Settings, Wire};

fn asked(name: &str) -> Run {
    Run {
        name: name.to_owned(),
        wire: Wire::Virtual,
        rtt: None,
        loss: None,
        seed: 1,
        save: None,
        layers: false,
        hex: false,
        ladder: false,
        json: false,
    }
}

fn printed(asked: &Run, style: Style) -> String {
    let mut out = Vec::new();
    lesson::run(asked, &mut out, style).unwrap();
    String::from_utf8(out).unwrap()
}

fn page(asked: &Run) -> String {
    printed(asked, Style::plain(80))
}

fn json(asked: &Run) -> Vec<Value> {
    let text = printed(&Run { json: true, ..asked.clone() }, Style::plain(80));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names() -> impl Iterator<Item = &'static str> {
    catalogue::all().iter().map(|lesson| lesson.name)
}

#[test]
fn every_lesson_looks_as_it_should() {
    for name in names() {
        for width in [80, 120] {
            insta::assert_snapshot!(format!("{name}_{width}"), printed(&asked(name), Style::plain(width)));
        }
    }
}

/// A page is two or three screens: so many lines at most, at that width.
const BUDGET: [(usize, usize); 2] = [(80, 110), (120, 100)];

#[test]
fn every_page_fits_two_or_three_screens() {
    for name in names() {
        for (width, most) in BUDGET {
            let lines = printed(&asked(name), Style::plain(width)).lines().count();
            assert!(lines <= most, "{name} has {lines} lines at {width} columns, and may have {most}");
        }
    }
}

#[test]
fn what_a_lesson_wants_shown_is_in_its_capture() {
    for lesson in catalogue::all() {
        let page = page(&asked(lesson.name));
        let count = |text: &str| page.matches(text).count();
        let said: usize = lesson.said.iter().map(|said| said.len()).sum();
        assert_eq!(count(", exchange ") - count(", layer by layer"), said, "{}", lesson.name);
        assert_eq!(count(", layer by layer"), 1, "{}", lesson.name);
        let drawn = lesson.diagrams.iter().filter(|places| !places.is_empty()).count();
        assert_eq!(count("bit by bit (RFC"), drawn, "{}", lesson.name);
        assert_eq!(count("how Sec-WebSocket-Accept is made"), lesson.accept.iter().count(), "{}", lesson.name);
        assert_eq!(count(", every frame"), usize::from(!lesson.frames.is_empty()), "{}", lesson.name);
    }
}

#[test]
fn the_same_seed_prints_and_saves_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in names() {
        let file = folder.path().join(name);
        let run = Run {
            loss: Some(8.0),
            seed: 7,
            layers: true,
            hex: true,
            ladder: true,
            save: Some(file.clone()),
            ..asked(name)
        };
        let first = (page(&run), std::fs::read(&file).unwrap());
        let second = (page(&run), std::fs::read(&file).unwrap());
        assert!(first == second, "{name}");
    }
}

#[test]
fn every_text_of_every_lesson_fills_whatever_the_wire_does() {
    for lesson in catalogue::all() {
        for (rtt, loss, seed) in [(80, 0.0, 1), (0, 0.0, 2), (333, 20.0, 3)] {
            let settings = Settings { rtt: Duration::from_millis(rtt), loss, seed };
            let run = wire101::lesson::run(lesson, Wire::Virtual, settings).unwrap();
            for template in lesson.templates() {
                if let Err(error) = run.fill(template) {
                    panic!("{}, rtt {rtt}, loss {loss}: {error}", lesson.name);
                }
            }
        }
    }
}

#[test]
fn what_the_layers_wrote_adds_up_to_the_overhead() {
    for lesson in catalogue::all() {
        let run = wire101::lesson::run(lesson, Wire::Virtual, Settings { loss: 5.0, ..Settings::default() }).unwrap();
        for side in &run.sides {
            let get = |name: &str| side.measures.named(name).unwrap().unwrap();
            let parts = get("link_bytes") + get("network_bytes") + get("transport_bytes");
            assert_eq!(parts, get("overhead_bytes"), "{} {}", lesson.name, side.name);
            // Ethernet without tags, IPv4 without options.
            assert_eq!((get("link_bytes"), get("network_bytes")), (14 * get("packets"), 20 * get("packets")));
        }
    }
}

#[test]
fn no_line_is_wider_than_asked_and_the_frame_diagram_alone_is_sixty_six() {
    for name in names() {
        for width in [40, 60, 80, 100, 140] {
            let run = Run { loss: Some(10.0), layers: true, hex: true, ladder: true, ..asked(name) };
            for line in printed(&run, Style::plain(width)).lines() {
                let columns = line.chars().count();
                assert!(columns <= width.max(66), "{name} at {width}: {line}");
            }
        }
    }
}

#[test]
fn without_colour_there_is_no_escape_and_without_unicode_only_ascii() {
    for name in names() {
        let run = Run { layers: true, hex: true, ladder: true, ..asked(name) };
        assert!(!page(&run).contains('\x1b'), "{name}");
        let ascii = Style { unicode: false, ..Style::plain(80) };
        assert!(printed(&run, ascii).is_ascii(), "{name}");
    }
}

#[test]
fn what_the_wire_does_is_what_the_page_says() {
    let near = page(&asked("keep-alive"));
    let far = page(&Run { rtt: Some(Duration::from_millis(200)), ..asked("keep-alive") });
    assert!(near.contains("rtt 80 ms") && far.contains("rtt 200 ms"));
    // What side B saves is two round trips, whatever they take.
    assert!(near.contains("B is 160 ms faster"), "{near}");
    assert!(far.contains("B is 400 ms faster"), "{far}");
}

#[test]
fn json_is_what_inspecting_the_saved_capture_gives() {
    let folder = tempfile::tempdir().unwrap();
    for name in names() {
        let path = folder.path().join(name);
        let run = Run { loss: Some(5.0), save: Some(path.clone()), ..asked(name) };
        let of_lesson = json(&run);
        let mut out = Vec::new();
        let file = inspect::Inspect { file: path.clone(), json: true, ..inspect::Inspect::default() };
        inspect::inspect(&file, &mut out, Style::plain(80), Rc::new(Nobody)).unwrap();
        let of_file: Vec<Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(of_lesson[0]["data"]["source"], format!("lesson:{name}"));
        assert_eq!(of_lesson[1..], of_file[1..], "{name}");

        let lines = |kind: &str| of_lesson.iter().filter(|line| line["type"] == kind).count() as u64;
        let summary = &of_lesson.last().unwrap()["data"];
        assert_eq!(summary["http_requests"], lines("exchange"), "{name}");
        assert_eq!(summary["websocket_frames"], lines("frame"), "{name}");
        assert_eq!(summary["websocket_messages"], lines("message"), "{name}");
        assert_eq!(summary["tcp_connections"], lines("connection"), "{name}");
        let interfaces = of_lesson.iter().filter_map(|line| line["data"]["interface"].as_str());
        assert!(interfaces.clone().any(|it| it.starts_with("A ")) && interfaces.clone().any(|it| it.starts_with("B ")));
    }
}

#[test]
fn the_saved_capture_names_its_sides_and_marks_what_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.pcapng");
    let page = page(&Run { loss: Some(20.0), seed: 5, save: Some(path.clone()), ..asked("keep-alive") });
    assert!(page.contains("lost") && page.contains("sent again"), "{page}");
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.windows(4).any(|it| it == b"Lost"));
    let mut reader = Reader::new(bytes.as_slice()).unwrap();
    let mut last = None;
    while let Some(packet) = reader.next_packet().unwrap() {
        assert!(last <= Some(packet.time), "time goes backwards at packet {}", packet.number);
        last = Some(packet.time);
    }
    let names: Vec<_> = reader.interfaces().iter().map(|interface| interface.name.clone().unwrap()).collect();
    assert_eq!(names, ["A Connection: close", "B keep-alive"]);
}

#[test]
fn the_layers_of_every_exchange_are_shown_if_asked_for() {
    let tables = |run: &Run| page(run).matches("what the bytes say").count();
    assert_eq!(tables(&asked("keep-alive")), 1);
    assert_eq!(tables(&Run { layers: true, ..asked("keep-alive") }), 6);
}

#[test]
fn every_byte_is_shown_if_asked_for() {
    let whole = page(&Run { hex: true, ladder: true, ..asked("upgrade") });
    let run = wire101::lesson::run(catalogue::find("upgrade").unwrap(), Wire::Virtual, Settings::default()).unwrap();
    assert_eq!(whole.matches("bytes)").count(), run.packets.len());
    let short = page(&Run { hex: true, ..asked("upgrade") });
    assert_eq!(short.matches("bytes)").count(), run.packets.len() - 5 - 4, "less those that only acknowledge, and ARP");
    assert!(short.contains("5 that only acknowledge and 4 of ARP (--hex --ladder)"));
}

#[test]
fn a_lesson_is_shown_with_the_figures_of_a_run() {
    for lesson in catalogue::all() {
        let mut out = Vec::new();
        lesson::show(lesson.name, &mut out, Style::plain(80)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(lesson.question), "{text}");
        assert!(!text.contains("_bytes}"), "{text}");
    }
}

#[test]
fn no_explanation_looks_like_an_item_of_a_list() {
    for lesson in catalogue::all() {
        let run = wire101::lesson::run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        for check in lesson.checks {
            let explain = run.fill(&check.explain).unwrap();
            assert!(!explain.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". "), "{explain}");
        }
    }
}

#[test]
fn the_list_has_every_lesson() {
    let mut out = Vec::new();
    lesson::list(&mut out, Style::plain(80)).unwrap();
    let list = String::from_utf8(out).unwrap();
    assert!(names().all(|name| list.contains(name)), "{list}");
}

#[test]
fn what_cannot_be_done_is_said_with_the_right_status() {
    let failure = lesson::run(&asked("keepalive"), &mut Vec::new(), Style::plain(80)).unwrap_err();
    assert!(matches!(&failure, Failure::Usage(text) if text.contains("keep-alive")), "{failure}");
    assert_eq!(failure.status(), 2);
    let failure = lesson::show("250", &mut Vec::new(), Style::plain(80)).unwrap_err();
    assert!(failure.to_string().contains("lesson list"), "{failure}");
    let save = Some("/no/such/folder/capture.pcapng".into());
    let failure = lesson::run(&Run { save, ..asked("upgrade") }, &mut Vec::new(), Style::plain(80)).unwrap_err();
    assert_eq!(failure.status(), 1);
    let text = failure.to_string();
    assert!(text.contains("/no/such/folder/capture.pcapng") && !text.contains(".wire101-"), "{text}");
}

#[test]
fn a_template_asking_for_what_did_not_happen_is_an_error() {
    let run = wire101::lesson::run(catalogue::find("keep-alive").unwrap(), Wire::Virtual, Settings::default()).unwrap();
    let first = Operand::Measured { side: Side::A, measure: "time_to_nth(99)".parse().unwrap() };
    let part = TextPart::Value(Placeholder { first, rest: None });
    assert!(run.fill(&Template { parts: vec![part].leak() }).is_err());
}

#[test]
fn what_a_measure_is_counted_from_adds_up_to_it() {
    let measures = Measure::named().map(|(_, measure)| measure).chain("time_to_nth(2)".parse());
    let measures: Vec<Measure> = measures.collect();
    for lesson in catalogue::all() {
        let usual = lesson.settings(Wire::Virtual);
        for settings in [usual, Settings { loss: 4.0, seed: 3, ..usual }] {
            let run = run(lesson, Wire::Virtual, settings).unwrap_or_else(|error| panic!("{}: {error}", lesson.name));
            for (side, measure) in run.sides.iter().flat_map(|side| measures.iter().map(move |it| (side, *it))) {
                let evidence = side.measures.evidence(measure);
                let sum: u64 = evidence.iter().map(|share| share.amount).sum();
                let place = format!("{} {settings:?}, side {:?}: {measure}", lesson.name, side.side);
                assert_eq!(sum, side.measures.get(measure).unwrap_or(0), "{place}");
                let is_own = |packet: u64| side.packets.contains(&packet);
                assert!(evidence.iter().all(|share| is_own(share.first) && is_own(share.last)), "{place}");
            }
        }
    }
}
