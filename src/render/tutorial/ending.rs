//! What comes behind the last lesson.

use crate::render::markdown::markdown;
use crate::render::model::{Form, List, Page};
use crate::tutorial::{Outcome, Session};

/// What to do with one's own traffic.
#[must_use]
pub fn own() -> Page {
    let mut page = Page::default();
    page.append(markdown("**Now look at your own traffic.**"));
    page.space();
    page.append(markdown("Everything you did here works on any capture:"));
    let mut commands = List::new(Form::Commands);
    for (command, what) in [
        ("wire101 trace -- curl -s http://localhost:8080/", "capture what one command says (Linux)"),
        ("wire101 serve", "a site with HTTP and WebSocket, to open in your browser"),
        ("wire101 connect ws://localhost:8080/echo", "talk to a server by hand"),
        ("wire101 inspect FILE", "read a capture from Wireshark, tcpdump or anything else"),
        ("wire101 inspect --why FILE", "what went wrong in it, and what to do"),
    ] {
        commands.add(command, what);
    }
    page.add(commands);
    page.space();
    page.append(markdown(
        "In a browser, open the developer tools, choose Network and reload a page. Look for a connection that is reused, a \
         304, and, on a page with a chat or live prices, a 101 with its messages.",
    ));
    page
}

/// What was done of the course.
#[must_use]
pub fn end(session: &Session) -> Page {
    let lessons = session.lessons();
    let asked: usize = lessons.iter().map(|lesson| lesson.checks.len()).sum();
    let done = || lessons.iter().filter_map(|lesson| session.progress().lessons.get(lesson.name));
    let right: usize = done().map(|done| done.count(Outcome::First)).sum();
    let skipped: usize = done().map(|done| done.count(Outcome::Skipped)).sum();
    let complete = lessons.iter().filter(|lesson| session.progress().is_complete(lesson)).count();
    let skipped = match skipped {
        0 => String::new(),
        skipped => format!(" {skipped} of them were skipped."),
    };
    let words = format!(
        "That was the last lesson. {complete} of {} are done, and {right} of {asked} questions were correct on the first \
         try.{skipped}",
        lessons.len()
    );
    let mut page = markdown(&words);
    if let Some(undone) = lessons.iter().find(|lesson| !session.progress().is_complete(lesson)) {
        page.append(markdown(&format!("Not yet done: `wire101 tutorial --start {}`.", undone.name)));
    }
    page.append(markdown("Now try your own capture: `wire101 inspect FILE`"));
    page
}
