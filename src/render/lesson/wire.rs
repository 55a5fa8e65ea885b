//! What a lesson's page says about the wire it ran on: which one it was, how it was set, and what to know about its
//! packets.

use std::time::Duration;

use crate::lesson::{Lesson, Run};
use crate::render::numbers;
use crate::wire::{Settings, Wire};

/// What is left of a lesson that compares wires, where none can be set.
const ALIKE: &str = "Distance and loss are what this lesson compares: its sides are alike here, and the comparison below \
                     shows nothing. The virtual wire has both: leave out --wire loopback.";

/// The wire in a few words: what is the same for all sides once, the rest side by side.
pub(super) fn words(run: &Run) -> String {
    let of_sides = |value: &dyn Fn(&Settings) -> String| {
        let mut values: Vec<String> = run.sides.iter().map(|side| value(&side.settings)).collect();
        if values.iter().all(|value| Some(value) == values.first()) {
            values.truncate(1);
        }
        values.join(" beside ")
    };
    let rtt = of_sides(&|settings| numbers::duration(u64::try_from(settings.rtt.as_nanos()).unwrap_or(u64::MAX)));
    let loss = of_sides(&|settings| format!("{} %", settings.loss));
    let loss = if loss == "0 %" { String::new() } else { format!(", loss {loss}") };
    let delayed = run.sides.iter().any(|side| !side.settings.rtt.is_zero());
    match run.wire {
        Wire::Virtual => format!("virtual wire, rtt {rtt}{loss}, seed {}", run.settings.seed),
        Wire::Loopback if run.unmet.is_some() => format!("loopback wire ({} kernel)", run.stack),
        Wire::Loopback if delayed => format!("loopback wire ({} kernel), rtt {rtt}{loss}", run.stack),
        Wire::Loopback => format!("loopback wire ({} kernel){loss}", run.stack),
    }
}

/// What the times of its packets are, and what else is to be known of them.
pub(super) fn times(run: &Run) -> String {
    match run.wire {
        Wire::Virtual => "Each packet is shown at the time it was sent, counted from the first SYN.".to_owned(),
        Wire::Loopback => {
            let loses = run.unmet.is_none() && run.sides.iter().any(|side| side.settings.loss > 0.0);
            let lost = if loses { " Packets that were lost on the way are not shown." } else { "" };
            format!(
                "Each packet is shown at the time it arrived, counted from the first SYN.{lost} What never \
                 leaves a machine needs no ARP, its Ethernet addresses are zeros, and its checksums are not filled in: \
                 that work is a network card's."
            )
        }
    }
}

/// What the wire did not do, a remark each.
pub(super) fn shortcomings(run: &Run) -> impl Iterator<Item = String> + use<> {
    let alike = (run.unmet.is_some() && run.lesson.compares_wires()).then(|| ALIKE.to_owned());
    let missed = (run.missed > 0).then(|| missed(run.missed));
    run.unmet.clone().into_iter().chain(alike).chain(missed)
}

/// Says what a wire that runs in real time is busy with: the side at a place from 0, of all that takes so long.
#[must_use]
pub fn under_way(lesson: &Lesson, place: u8, all: Duration) -> String {
    let letter = ('A'..).nth(place.into()).unwrap_or('?');
    let name = lesson.sides.get(usize::from(place)).copied().unwrap_or_default();
    let seconds = all.as_secs().max(1);
    format!("in real time, about {seconds} s in all: side {letter} of {}, {name}", lesson.sides.len())
}

/// Says that packets were not captured.
#[must_use]
pub fn missed(packets: u64) -> String {
    let packets = numbers::counted(packets, "packet");
    format!("{packets} crossed the wire but are not in the capture: the machine could not keep up. Run it again.")
}
