//! Questions: what is asked, what is on the screen meanwhile, what is right, and what to say to each wrong answer.
//!
//! What is right is always measured, never written: a number is a measure, a packet is one that a measure was counted
//! from, an order is that of such packets, and of several choices the right one is the one whose claim the run bears out.

use super::measure::Unit;
use super::text::Template;
use super::text::template::Placeholder;
use super::view::{Spot, View};

/// What a question asks of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To read or count what is shown.
    Read,
    /// To point at a packet.
    Find,
    /// To put events in order.
    Order,
    /// To say why.
    Cause,
    /// To say what would happen otherwise.
    WhatIf,
    /// To work out a value that isn't shown.
    WorkOut,
}

/// A question after the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it asks for.
    pub kind: Kind,
    /// The question.
    pub question: Template,
    /// What is on the screen while it's asked.
    pub show: View,
    /// The wire on which its answer is measured, if it's another one.
    pub given: Option<Given>,
    /// What is to be typed, and what is right.
    pub asks: Asks,
    /// What to say to a wrong answer that has no reply of its own. Choices all have one.
    pub nudge: Option<Template>,
    /// What to look at, for somebody who was wrong twice.
    pub hint: Template,
    /// The answer, and why it is so.
    pub explain: Template,
}

/// What is to be typed, and what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A number.
    Number {
        /// The right one.
        answer: Placeholder,
        /// Numbers that are likely, and wrong.
        replies: &'static [Likely<Placeholder>],
    },
    /// A packet of those on the screen.
    Packet {
        /// The right ones.
        answer: Spot,
        /// Packets that are likely, and wrong.
        replies: &'static [Likely<Spot>],
    },
    /// An order of events: the letters that they are listed under.
    Order {
        /// The events, as they are listed.
        events: &'static [Event],
        /// Orders that are likely, and wrong: "b a c".
        replies: &'static [Likely<&'static str>],
    },
    /// One of these, by its number.
    Choice(&'static [Choice]),
}

/// An answer that people are likely to give, and what to say to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likely<T> {
    /// The answer.
    pub given: T,
    /// What one must have believed to give it, and where the capture says otherwise.
    pub say: Template,
}

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub text: &'static str,
    /// The packet with which it did.
    pub at: Spot,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub text: Template,
    /// What must hold in the run if it is right.
    pub claim: Claim,
    /// What to say to whoever chose it and is wrong.
    pub say: Option<Template>,
}

/// Something that a run bears out or doesn't: `a.connections > b.connections`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is compared.
    pub left: Placeholder,
    /// How.
    pub compared: Compared,
    /// With what.
    pub right: Placeholder,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are what they are called")]
pub enum Compared {
    Less,
    Equal,
    More,
}

/// Another wire for a lesson: what isn't set stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Given {
    /// The time there and back, in milliseconds.
    pub rtt_ms: Option<u64>,
    /// How many frames in a hundred are lost.
    pub loss_percent: Option<f64>,
    /// What chance starts from.
    pub seed: Option<u64>,
}

impl Eq for Given {}

impl Given {
    /// The same as flags: "--rtt 200ms --seed 3".
    #[must_use]
    pub fn flags(&self) -> String {
        let rtt = self.rtt_ms.map(|rtt| format!("--rtt {rtt}ms"));
        let loss = self.loss_percent.map(|loss| format!("--loss {loss}"));
        let seed = self.seed.map(|seed| format!("--seed {seed}"));
        rtt.into_iter().chain(loss).chain(seed).collect::<Vec<_>>().join(" ")
    }
}

impl Check {
    /// What its number counts; a count where it asks for none.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match &self.asks {
            Asks::Number { answer, .. } => answer.unit(),
            _ => Unit::Count,
        }
    }

    /// Whether it is answered in hexadecimal.
    #[must_use]
    pub fn is_hexadecimal(&self) -> bool {
        self.unit() == Unit::Octet
    }

    /// Every text with placeholders that may be shown before it is answered, and the explanation last.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let mut said: Vec<&Template> = vec![&self.question];
        match &self.asks {
            Asks::Number { replies, .. } => said.extend(replies.iter().map(|reply| &reply.say)),
            Asks::Packet { replies, .. } => said.extend(replies.iter().map(|reply| &reply.say)),
            Asks::Order { replies, .. } => said.extend(replies.iter().map(|reply| &reply.say)),
            Asks::Choice(choices) => {
                said.extend(choices.iter().flat_map(|choice| [&choice.text].into_iter().chain(&choice.say)));
            }
        }
        said.extend(&self.nudge);
        said.extend([&self.hint, &self.explain]);
        said.into_iter()
    }
}
