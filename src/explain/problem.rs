//! Problems: the story of each code, for whoever meets it.

use std::sync::LazyLock;

use serde::Deserialize;

/// The files, from the packets up.
pub(super) const DATA: [&str; 3] = [
    include_str!("data/problems/connection.toml"),
    include_str!("data/problems/http.toml"),
    include_str!("data/problems/websocket.toml"),
];

static STORIES: LazyLock<Vec<ProblemStory>> = LazyLock::new(|| DATA.into_iter().flat_map(load).collect());

/// What there is to say of a problem, whichever packet shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemStory {
    /// The stable short name: "unmasked-client-frame".
    pub code: String,
    /// The clause that is departed from: "RFC 6455 §5.1".
    pub clause: String,
    /// A few words.
    pub title: String,
    /// What it means, and why it matters: a few sentences.
    pub what: String,
    /// When one meets it.
    pub when: String,
    /// What to do about it.
    pub what_to_do: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    problem: Vec<ProblemStory>,
}

/// The stories in a file. One that does not parse has none; a test sees that each does.
pub(super) fn load(data: &str) -> Vec<ProblemStory> {
    let mut stories = toml::from_str(data).map_or_else(|_| Vec::new(), |file: File| file.problem);
    for story in &mut stories {
        for text in [&mut story.what, &mut story.when, &mut story.what_to_do] {
            *text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        }
    }
    stories
}

/// The story of a problem.
#[must_use]
pub fn problem(code: &str) -> Option<&'static ProblemStory> {
    STORIES.iter().find(|story| story.code == code)
}

/// All stories: packets and TCP first, then HTTP, then WebSocket.
#[must_use]
pub fn problems() -> &'static [ProblemStory] {
    &STORIES
}
