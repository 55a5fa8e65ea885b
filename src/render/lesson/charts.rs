//! The sides' figures, drawn to scale.

use super::Course;
use crate::inspect::record::Connection;
use crate::layers::Layer;
use crate::lesson::front_matter::Chart;
use crate::lesson::run::SideRun;
use crate::lesson::{Measure, Run};
use crate::render::model::chart::{Bar, BarPart, Track};
use crate::render::model::{Chart as Drawn, Look};
use crate::render::numbers;
use crate::render::story::Story;

/// What the bytes on a wire are for, from the outside in.
const BYTES: [(BarPart, Measure); 3] = [
    (BarPart { name: "headers below HTTP", look: Look::Layer(Layer::Transport) }, Measure::OverheadBytes),
    (BarPart { name: "HTTP and frame headers", look: Look::Layer(Layer::Application) }, Measure::ProtocolBytes),
    (BarPart { name: "what was to be said", look: Look::Good }, Measure::UsefulBytes),
];

impl Course<'_> {
    pub(super) fn chart(&mut self) {
        let Some(chart) = self.run.lesson.chart else { return };
        self.page.heading(heading(chart), "");
        self.page.add(match chart {
            Chart::Bytes => Drawn::Bars(BYTES.map(|(part, _)| part).into(), bytes(self.run)),
            Chart::Arrivals => Drawn::Tracks(arrivals(self.run)),
            Chart::Connections => Drawn::Tracks(connections(self.run, &self.stories)),
        });
    }
}

/// The same in sentences, the first of which says what they're about; none if the lesson has no chart.
pub(in crate::render) fn sentences(run: &Run, stories: &[Story]) -> Vec<String> {
    let Some(chart) = run.lesson.chart else { return Vec::new() };
    let said = match chart {
        Chart::Bytes => {
            let parts = |bar: &Bar| {
                let parts = BYTES.iter().zip(&bar.parts);
                parts.map(|((part, _), bytes)| format!("{} {}", numbers::bytes(*bytes), part.name)).collect::<Vec<_>>()
            };
            bytes(run)
                .iter()
                .map(|bar| format!("{}: {}, {} in all", bar.name, parts(bar).join(", "), bar.figures))
                .collect()
        }
        Chart::Arrivals => {
            let times =
                |track: &Track| track.marks.iter().map(|(at, _)| numbers::duration(*at)).collect::<Vec<_>>().join(", ");
            arrivals(run).iter().map(|track| format!("{}: {}", track.name, times(track))).collect::<Vec<_>>()
        }
        Chart::Connections => {
            let mut side = String::new();
            let sentence = |track: Track| {
                // A track without a name is of the side above.
                side = if track.name.is_empty() { side.clone() } else { track.name };
                format!("{side}, a connection: {}; responses and messages: {}", track.figures, track.marks.len())
            };
            connections(run, stories).into_iter().map(sentence).collect()
        }
    };
    [vec![format!("{}.", heading(chart))], said].concat()
}

fn heading(chart: Chart) -> &'static str {
    match chart {
        Chart::Bytes => "What the bytes on the wire were for",
        Chart::Arrivals => "When each response and message arrived",
        Chart::Connections => "When each connection was open, and its responses and messages",
    }
}

fn bytes(run: &Run) -> Vec<Bar> {
    let bar = |side: &SideRun| {
        let parts: Vec<u64> = BYTES.iter().map(|(_, measure)| side.measures.get(*measure).unwrap_or(0)).collect();
        Bar { name: letter(side), figures: numbers::bytes(parts.iter().sum()), parts }
    };
    run.sides.iter().map(bar).collect()
}

fn connections(run: &Run, stories: &[Story]) -> Vec<Track> {
    run.sides.iter().zip(stories).flat_map(|(side, story)| connections_of(side, story)).collect()
}

fn letter(side: &SideRun) -> String {
    side.side.letter().to_string()
}

/// When each response and message of a side was there, as `time_to_nth` measures it.
fn arrivals(run: &Run) -> Vec<Track> {
    let arrivals = |side: &SideRun| {
        let nth = std::iter::successors(std::num::NonZeroU32::new(1), |n| n.checked_add(1));
        let moments = nth.map_while(|n| side.measures.get(Measure::TimeToNth(n)));
        let digits = ('1'..='9').chain(std::iter::repeat('+'));
        let marks: Vec<(u64, char)> = moments.zip(digits).collect();
        let last = marks.last().map_or_else(String::new, |mark| numbers::duration(mark.0));
        Track { name: letter(side), lasted: None, marks, figures: last }
    };
    run.sides.iter().map(arrivals).collect()
}

/// A side's connections, from the first SYN on.
fn connections_of(side: &SideRun, story: &Story) -> Vec<Track> {
    let mut all: Vec<&Connection> = story.connections.iter().collect();
    all.sort_unstable_by_key(|connection| connection.number);
    let Some(start) = all.first().map(|connection| connection.extent.first.time) else { return Vec::new() };
    let track = |(place, connection): (usize, &&Connection)| {
        let exchanges = story.exchanges.iter().filter(|it| it.connection == connection.number);
        let responses = exchanges.filter_map(|it| it.response.as_ref()).map(|it| it.message.extent.last.time);
        let frames = story.frames.iter().filter(|it| it.connection == connection.number && !it.is_control());
        let mut marks: Vec<(u64, char)> =
            responses.chain(frames.map(|it| it.extent.last.time)).map(|time| (time.since(start), '●')).collect();
        marks.sort_unstable();
        let (from, to) = (connection.extent.first.time.since(start), connection.extent.last.time.since(start));
        Track {
            name: if place == 0 { letter(side) } else { String::new() },
            lasted: Some((from, to)),
            marks,
            figures: lasting(from, to),
        }
    };
    all.iter().enumerate().map(track).collect()
}

/// "160 ms to 360 ms"; what begins with the clock says only when it ended.
fn lasting(from: u64, to: u64) -> String {
    let to = numbers::duration(to);
    if from == 0 { format!("until {to}") } else { format!("{} to {to}", numbers::duration(from)) }
}
