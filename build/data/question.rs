//! A question, as a lesson's file writes it. Its kind says which keys it has.

use super::document::{Error, Node};
use super::lesson::Reader;

/// The keys of all kinds, and those of what is to be typed.
const KEYS: [&str; 12] = [
    "kind", "question", "show", "given", "nudge", "hint", "explain", "answer", "packet", "events", "choices", "replies",
];

/// The kinds, and what they are called in the program.
const KINDS: [(&str, &str); 6] = [
    ("read", "Read"),
    ("find", "Find"),
    ("order", "Order"),
    ("cause", "Cause"),
    ("what-if", "WhatIf"),
    ("work-out", "WorkOut"),
];

/// How a claim compares.
const COMPARED: [(&str, &str); 3] = [(" < ", "Less"), (" = ", "Equal"), (" > ", "More")];

/// The source of a question.
pub fn check(reader: &mut Reader, value: &Node<'_>) -> Result<String, Error> {
    let keys: Vec<Option<Node<'_>>> = value.table(&KEYS)?.collect();
    let get = |key: &str| KEYS.iter().position(|known| *known == key).and_then(|at| keys.get(at)).cloned().flatten();
    let need = |key: &str| get(key).ok_or_else(|| value.lacks(key));
    let kind = need("kind")?;
    let named = kind.text()?;
    let known = KINDS.iter().find(|(name, _)| *name == named);
    let all = || KINDS.map(|(name, _)| name).join("`, `");
    let (_, variant) =
        known.ok_or_else(|| kind.error(format_args!("there is no kind `{named}`; there are `{}`", all())))?;
    let allowed: &[&str] = match named {
        "read" | "work-out" => &["answer", "nudge", "replies"],
        "find" => &["packet", "nudge", "replies"],
        "order" => &["events", "nudge", "replies"],
        _ => &["choices"],
    };
    let own = ["answer", "packet", "events", "choices", "nudge", "replies"];
    if let Some(odd) = own.iter().filter(|key| !allowed.contains(key)).find_map(|key| get(key)) {
        return Err(odd.error(format_args!("a question of kind `{named}` has `{}`", allowed.join("`, `"))));
    }
    let asks = match named {
        "read" | "work-out" => {
            let answer = need("answer")?;
            let answer = reader.amount(&answer, answer.text()?, true)?;
            let replies = likely(reader, get("replies"), |reader, given| reader.amount(given, given.text()?, false))?;
            format!("Asks::Number {{ answer: {answer}, replies: {replies} }}")
        }
        "find" => {
            let answer = reader.spot(&need("packet")?)?;
            let replies = likely(reader, get("replies"), Reader::spot)?;
            format!("Asks::Packet {{ answer: {answer}, replies: {replies} }}")
        }
        "order" => {
            let mut events = Vec::new();
            for event in need("events")?.list()? {
                let mut keys = event.table(&["text", "at"])?;
                let (text, at) = (keys.next().flatten(), keys.next().flatten());
                let text = text.ok_or_else(|| event.lacks("text"))?.text()?;
                let at = reader.spot(&at.ok_or_else(|| event.lacks("at"))?)?;
                events.push(format!("Event {{ text: {text:?}, at: {at} }}"));
            }
            let replies = likely(reader, get("replies"), |_, given| Ok(format!("{:?}", given.text()?)))?;
            format!("Asks::Order {{ events: &[{}], replies: {replies} }}", events.join(", "))
        }
        _ => {
            let choices: Result<Vec<String>, Error> =
                need("choices")?.list()?.map(|choice| self::choice(reader, &choice)).collect();
            format!("Asks::Choice(&[{}])", choices?.join(", "))
        }
    };
    let nudge = match get("nudge") {
        Some(nudge) => format!("Some({})", reader.told(&nudge)?),
        None if allowed.contains(&"nudge") => return Err(value.lacks("nudge")),
        None => "None".to_owned(),
    };
    let given = match get("given") {
        Some(given) => format!("Some({})", self::given(&given)?),
        None => "None".to_owned(),
    };
    let (question, hint, explain) =
        (reader.told(&need("question")?)?, reader.told(&need("hint")?)?, reader.told(&need("explain")?)?);
    let show = reader.view(&need("show")?)?;
    Ok(format!(
        "Check {{ kind: QuestionKind::{variant}, question: {question}, show: {show}, given: {given}, asks: {asks}, \
         nudge: {nudge}, hint: {hint}, explain: {explain} }}"
    ))
}

/// Answers that people are likely to give, and what to say to each.
fn likely(
    reader: &mut Reader,
    replies: Option<Node<'_>>,
    given: impl Fn(&mut Reader, &Node<'_>) -> Result<String, Error>,
) -> Result<String, Error> {
    let mut likely = Vec::new();
    if let Some(replies) = replies {
        for reply in replies.list()? {
            let mut keys = reply.table(&["given", "say"])?;
            let (answer, say) = (keys.next().flatten(), keys.next().flatten());
            let answer = given(reader, &answer.ok_or_else(|| reply.lacks("given"))?)?;
            let say = reader.told(&say.ok_or_else(|| reply.lacks("say"))?)?;
            likely.push(format!("Likely {{ given: {answer}, say: {say} }}"));
        }
    }
    Ok(format!("&[{}]", likely.join(", ")))
}

/// A choice, the claim that would make it right, and what to say if it's wrong.
fn choice(reader: &mut Reader, choice: &Node<'_>) -> Result<String, Error> {
    let mut keys = choice.table(&["text", "claim", "say"])?;
    let (text, claim, say) = (keys.next().flatten(), keys.next().flatten(), keys.next().flatten());
    let text = reader.told(&text.ok_or_else(|| choice.lacks("text"))?)?;
    let claim = claim.ok_or_else(|| choice.lacks("claim"))?;
    let said = claim.text()?;
    let parts = COMPARED.iter().find_map(|(sign, name)| Some((said.split_once(sign)?, name)));
    let ((left, right), compared) =
        parts.ok_or_else(|| claim.error("a claim compares two values with <, = or >: `a.packets > b.packets`"))?;
    let (left, right) = (reader.amount(&claim, left, true)?, reader.amount(&claim, right, false)?);
    let say = match say {
        Some(say) => format!("Some({})", reader.told(&say)?),
        None => "None".to_owned(),
    };
    let claim = format!("Claim {{ left: {left}, compared: Compared::{compared}, right: {right} }}");
    Ok(format!("Choice {{ text: {text}, claim: {claim}, say: {say} }}"))
}

/// Another wire.
fn given(given: &Node<'_>) -> Result<String, Error> {
    let mut keys = given.table(&["rtt_ms", "loss_percent", "seed"])?;
    let mut next = || keys.next().flatten();
    let (rtt, loss, seed) = (next(), next(), next());
    let some = |text: Option<String>| text.map_or("None".to_owned(), |text| format!("Some({text})"));
    let rtt = some(rtt.map(|rtt| rtt.whole_number().map(|rtt| rtt.to_string())).transpose()?);
    let loss = some(loss.map(|loss| loss.number().map(|loss| format!("{loss:?}"))).transpose()?);
    let seed = some(seed.map(|seed| seed.whole_number().map(|seed| seed.to_string())).transpose()?);
    Ok(format!("Given {{ rtt_ms: {rtt}, loss_percent: {loss}, seed: {seed} }}"))
}
