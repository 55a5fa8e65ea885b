//! What `serve` says of each request: a line with the time, what was asked for, and the answer's status and length.
//!
//! A thread writes the lines. If nobody reads them, they're left out and counted: the server waits for nobody.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use hyper::StatusCode;

use crate::capture::Timestamp;
use crate::peer::server::{Answered, Told};
use crate::render::numbers;
use crate::render::style::Style;

/// How many lines may wait to be written.
const MAX_WAITING_LINES: usize = 1024;

/// How long the last lines may take to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The lines on their way.
pub(super) struct Log {
    lines: Arc<Mutex<Option<SyncSender<String>>>>,
    left_out: Arc<AtomicU64>,
    written: Receiver<()>,
}

impl Log {
    /// Lines go there.
    pub(super) fn to(mut out: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = sync_channel::<String>(MAX_WAITING_LINES);
        let (end, written) = channel();
        thread::spawn(move || {
            // Where nobody reads any more, the lines are of no use.
            while let Ok(line) = waiting.recv() {
                let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
            }
            let _ = end.send(());
        });
        Self { lines: Arc::new(Mutex::new(Some(lines))), left_out: Arc::default(), written }
    }

    /// What is to be told of each request.
    pub(super) fn told(&self, style: Style<'static>) -> Told {
        let (lines, left_out) = (Arc::clone(&self.lines), Arc::clone(&self.left_out));
        Arc::new(move |answered| {
            let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let now = Timestamp(u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX));
            let mut text = format!("{}\n", line(&answered, now, style));
            let missing = left_out.load(Ordering::Relaxed);
            if missing > 0 {
                text = format!("({} not shown)\n{text}", numbers::counted(missing, "request"));
            }
            let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            match lines.as_ref().map(|lines| lines.try_send(text)) {
                Some(Ok(())) => left_out.fetch_sub(missing, Ordering::Relaxed),
                _ => left_out.fetch_add(1, Ordering::Relaxed),
            };
        })
    }

    /// Waits for the last lines, but not for ever.
    pub(super) fn end(self) {
        drop(self.lines.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.written.recv_timeout(LAST_LINES);
    }
}

/// The line: what a client sent is escaped.
fn line(Answered { method, target, status, length }: &Answered, now: Timestamp, style: Style<'_>) -> String {
    let time = numbers::time(now);
    let clock = time.split([' ', '.']).nth(1).unwrap_or_default();
    let length = match length {
        _ if *status == StatusCode::SWITCHING_PROTOCOLS => "WebSocket".to_owned(),
        Some(length) => numbers::bytes(*length),
        None => "as it comes".to_owned(),
    };
    let (method, target) = (style.text(method.as_str()), style.text(target));
    format!("{clock} UTC  {method} {target}  {}  {length}", status.as_u16())
}

#[cfg(test)]
mod tests {
    use hyper::Method;

    use super::*;

    fn answered(target: &str, status: u16, length: Option<u64>) -> Answered {
        let status = StatusCode::from_u16(status).unwrap();
        Answered { method: Method::GET, target: target.to_owned(), status, length }
    }

    #[test]
    fn a_line_says_what_was_asked_for_and_what_came_of_it() {
        let now = Timestamp(1_700_000_000_000_000_000);
        let line = |answered| line(&answered, now, Style::plain(80));
        assert_eq!(line(answered("/a?b=c", 200, Some(12_288))), "22:13:20 UTC  GET /a?b=c  200  12 KiB");
        assert_eq!(line(answered("/events", 200, None)), "22:13:20 UTC  GET /events  200  as it comes");
        assert_eq!(line(answered("/echo", 101, Some(0))), "22:13:20 UTC  GET /echo  101  WebSocket");
        assert!(!line(answered("/\u{1b}[2J", 404, None)).contains('\u{1b}'));
    }

    #[test]
    fn a_server_does_not_wait_for_who_reads_its_lines() {
        struct Stuck;
        impl Write for Stuck {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                loop {
                    thread::park();
                }
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let log = Log::to(Stuck);
        let told = log.told(Style::plain(80));
        (0..2 * MAX_WAITING_LINES).for_each(|_| told(answered("/", 200, Some(1))));
        assert!(log.left_out.load(Ordering::Relaxed) > 0);
        log.end();
    }
}
