use super::*;
use crate::lesson::{self, catalogue};
use crate::wire::{Settings, Wire};

/// The comments on a lesson's capture, each with its packet's number.
fn comments(name: &str, settings: Settings) -> BTreeMap<u64, String> {
    let lesson = catalogue::find(name).unwrap();
    let run = lesson::run(lesson, Wire::Virtual, settings).unwrap();
    let mut comments = Comments::default();
    run.inspect(super::super::Options::default(), &mut comments);
    comments.finish()
}

fn said(name: &str) -> String {
    comments(name, Settings::default()).values().cloned().collect::<Vec<_>>().join("\n")
}

#[test]
fn what_happens_first_is_pointed_at_once_on_each_interface() {
    let said = said("keep-alive");
    let count = |text: &str| said.matches(text).count();
    assert_eq!(count("A connection begins"), 2);
    assert_eq!(count("Another connection"), 2);
    assert_eq!(count("The first request"), 2);
    assert_eq!(count("used again"), 1);
    assert_eq!(count("200 OK (RFC 9110"), 2);
    assert_eq!(count("closes first"), 4);
}

#[test]
fn an_upgrade_its_frames_and_its_end_are_pointed_at() {
    let said = said("upgrade");
    for text in [
        "426 Upgrade Required",
        "frames follow",
        "first masked frame. Its key, ",
        "not masked",
        "ping (RFC 6455",
        "pong (",
    ] {
        assert_eq!(said.matches(text).count(), 1, "{text}: {said}");
    }
    assert_eq!(said.matches("A close frame from the ").count(), 2, "{said}");
}

#[test]
fn what_breaks_off_goes_wrong_or_is_sent_again_is_always_pointed_at() {
    let closing = said("closing");
    assert!(
        closing.contains("RST: ") && closing.contains("Problem: unmasked-client-frame (RFC 6455 §5.1)."),
        "{closing}"
    );
    let fragments = said("fragmentation");
    assert!(fragments.contains("No room left") && fragments.contains("FIN is 0") && fragments.contains("FIN is 1"));
    let lost = comments("chat", Settings { loss: 20.0, ..Settings::default() });
    assert!(lost.values().filter(|comment| comment.starts_with("Sent again")).count() > 1, "{lost:?}");
}

#[test]
fn a_syn_that_was_lost_is_said_to_be_sent_again_and_has_no_bytes() {
    let of = |seed| comments("chat", Settings { loss: 20.0, seed, ..Settings::default() });
    let said: Vec<String> = (1..20).flat_map(|seed| of(seed).into_values()).collect();
    for text in ["SYN, sent again: no answer had come.", "SYN and ACK, sent again."] {
        assert!(said.iter().any(|comment| comment == text), "{text}");
    }
}

#[test]
fn comments_are_on_packets_that_there_are() {
    for lesson in catalogue::all() {
        let run = lesson::run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        let comments = comments(lesson.name, lesson.settings(Wire::Virtual));
        assert!(comments.len() >= 4, "{}: {comments:?}", lesson.name);
        let packets = run.packets.len() as u64;
        assert!(comments.keys().all(|packet| (1..=packets).contains(packet)), "{}", lesson.name);
    }
}
