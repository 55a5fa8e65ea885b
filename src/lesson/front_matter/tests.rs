use std::time::Duration;

use super::*;
use crate::lesson::catalogue;

const NEAR: WireSettings = WireSettings { rtt_ms: Some(5), loss_percent: None };
const UNSET: WireSettings = WireSettings { rtt_ms: None, loss_percent: None };

fn lesson(usual: WireSettings, of_a: WireSettings) -> Lesson {
    Lesson { usual, fixed: [of_a, UNSET, UNSET, UNSET], ..catalogue::all()[0].clone() }
}

#[test]
fn a_lesson_says_what_its_wires_are_like_and_one_side_may_keep_to_its_own() {
    let lesson = lesson(WireSettings { rtt_ms: Some(150), loss_percent: Some(5.0) }, NEAR);
    let settings = |rtt, loss| Settings { rtt: Duration::from_millis(rtt), loss, seed: 1 };
    assert_eq!(lesson.settings(Wire::Virtual), settings(150, 5.0));
    assert_eq!(lesson.settings_of(Side::A, settings(300, 1.0)), settings(5, 1.0));
    assert_eq!(lesson.settings_of(Side::B, settings(300, 1.0)), settings(300, 1.0));
}

#[test]
fn a_loopback_has_distance_only_where_the_lesson_is_about_it() {
    let near = Wire::Loopback.settings();
    let far = WireSettings { rtt_ms: Some(150), loss_percent: None };
    assert_eq!(lesson(far, UNSET).settings(Wire::Loopback), near);
    let loss = |percent| WireSettings { rtt_ms: None, loss_percent: Some(percent) };
    assert_eq!(lesson(loss(5.0), loss(0.0)).settings(Wire::Loopback), Settings { loss: 5.0, ..near });
}
