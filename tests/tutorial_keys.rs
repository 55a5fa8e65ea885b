//! `wire101 tutorial` in a terminal of its own: by keys alone, resized, ended in every way, and the terminal as it was.

#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use wire101::lesson::question::{Asks, Check};
use wire101::lesson::{Run, catalogue, run};
use wire101::wire::Wire;

/// How long anything may take before a test fails: it is waited for, and comes at once on a machine that is not busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal with the tutorial in it, and somebody who presses keys.
struct Desk {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
    /// Reads what is drawn, until it is told that nobody looks.
    eye: JoinHandle<()>,
    looks: Arc<AtomicBool>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

impl Desk {
    /// Runs a shell's words in 80 columns and 24 rows; `$TUTORIAL` is the program.
    fn new(state: &tempfile::TempDir, words: &str) -> Self {
        let pair = native_pty_system().openpty(size(24, 80)).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", words]);
        command.env("TUTORIAL", env!("CARGO_BIN_EXE_wire101"));
        command.env("XDG_STATE_HOME", state.path());
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("COLUMNS");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(some(24), some(80), 0)));
        let looks = Arc::new(AtomicBool::new(true));
        let (shown, still) = (Arc::clone(&screen), Arc::clone(&looks));
        let eye = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while still.load(Ordering::Relaxed)
                && let Ok(length @ 1..) = reader.read(&mut bytes)
            {
                shown.lock().unwrap().process(&bytes[..length]);
            }
        });
        Self { master: Some(pair.master), writer, child, screen, eye, looks }
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn shown(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until all of these are in view.
    #[track_caller]
    fn until(&self, parts: &[&str]) -> String {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let shown = self.shown();
            if parts.iter().all(|part| shown.contains(part)) {
                return shown;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{parts:?} never came:\n{}", self.shown());
    }

    /// Closes the terminal's window: nothing has it open but what runs in it.
    fn close(mut self) -> Box<dyn Child + Send + Sync> {
        self.looks.store(false, Ordering::Relaxed);
        // Something is drawn, at which the eye sees that it need not look.
        self.press("?");
        self.eye.join().unwrap();
        self.child
    }

    /// Waits until what runs in the terminal has ended, and that well.
    #[track_caller]
    fn end(mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status:?}");
    }

    fn alternate(&self) -> bool {
        self.screen.lock().unwrap().screen().alternate_screen()
    }
}

/// The words that run the tutorial, and then say what became of it and of the terminal.
const AND_AFTER: &str =
    "trap : TERM HUP INT; \"$TUTORIAL\" tutorial; echo status=$?; stty -a | tr ' ' '\\n' | grep icanon; echo over";

#[test]
fn the_course_can_be_taken_by_keys_alone_in_80_columns() {
    let state = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(&state, AND_AFTER);
    // What there is to see is led through by Enter, from its end on.
    let on = "\u{1b}[F\r";
    for lesson in catalogue::all() {
        let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        let place = format!("Lesson {} of 20", lesson.number);
        desk.until(&[&place, "the scene"]);
        desk.press(on);
        desk.until(&[&place, "your guess"]);
        let guess = lesson.prediction.answer;
        desk.press(&run.sides[guess.side.index()].measures.get(guess.measure).unwrap().to_string());
        desk.until(&[&place, "You guessed it."]);
        desk.press(on);
        for at in 0..lesson.see.len() {
            desk.until(&[&place, &format!("see {} of {}", at + 1, lesson.see.len())]);
            desk.press(on);
        }
        let answer = |desk: &mut Desk, check: &Check, run: &Run| {
            let enter = if matches!(check.asks, Asks::Choice(_)) { "" } else { "\r" };
            desk.press(&(check.right(run).unwrap().unwrap() + enter));
            desk.until(&[&place, "see: the answer", "Right."]);
            desk.press(on);
        };
        for (at, check) in lesson.checks.iter().enumerate() {
            desk.until(&[&place, &format!("question {} of {}", at + 1, lesson.checks.len())]);
            answer(&mut desk, check, &run);
        }
        desk.until(&[&place, "one packet, opened"]);
        desk.press(on);
        desk.until(&[&place, "do it"]);
        let change = lesson.change.as_ref().unwrap();
        answer(&mut desk, change, &change.other_run(lesson).unwrap().unwrap());
        desk.until(&[&place, "what to take away"]);
        desk.press("\r");
    }
    desk.until(&["what went wrong?"]);
    desk.press("9\r");
    desk.until(&["see: the answer", "Right."]);
    desk.press(on);
    desk.until(&["your own traffic"]);
    desk.press("\r");
    desk.until(&["That was the last lesson.", "the end"]);
    desk.press("q");
    desk.until(&["status=0", "That was the last lesson. 20 of 20 are done", "over"]);
    assert!(!desk.alternate());
    desk.end();
}

#[test]
fn every_way_out_gives_the_terminal_back_and_keeps_what_was_done() {
    for way in ["q", "\u{3}", "\u{4}", "signal"] {
        let state = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(&state, AND_AFTER);
        desk.until(&["Lesson 1 of 20", "the scene"]);
        assert!(desk.alternate());
        desk.press("\r");
        desk.until(&["your guess"]);
        if way == "signal" {
            let group = desk.master.as_ref().unwrap().process_group_leader().unwrap();
            killpg(Pid::from_raw(group), Signal::SIGTERM).unwrap();
        } else {
            desk.press(way);
        }
        let shown = desk.until(&["status=0", "over"]);
        assert!(shown.contains("\nicanon") && !shown.contains("-icanon"), "{way:?}: {shown}");
        assert!(shown.contains("your guess") && shown.contains("goes on here"), "{way:?}: {shown}");
        assert!(!desk.alternate());
        assert!(!desk.screen.lock().unwrap().screen().hide_cursor());
        desk.end();
        let progress = std::fs::read_to_string(state.path().join("wire101/progress.json")).unwrap();
        assert!(progress.contains("\"place\": 1"), "{way:?}: {progress}");
    }
}

#[test]
fn a_terminal_that_is_closed_ends_it_and_what_was_done_is_kept() {
    let state = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(&state, "exec \"$TUTORIAL\" tutorial");
    desk.until(&["Lesson 1 of 20"]);
    desk.press("\r");
    desk.until(&["your guess"]);
    let mut tutorial = desk.close();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = tutorial.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < PATIENCE, "the tutorial goes on without a terminal");
        thread::sleep(Duration::from_millis(20));
    };
    // Who hangs up sends SIGHUP, and ends the input: on a busy machine that may be first, and it ends the course, too.
    assert!([0, 129].contains(&status.exit_code()), "{status:?}");
    let again = Desk::new(&state, "exec \"$TUTORIAL\" tutorial");
    again.until(&["Lesson 1 of 20", "your guess"]);
}

#[test]
fn a_window_of_another_size_is_drawn_anew() {
    let state = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(&state, "exec \"$TUTORIAL\" tutorial --start keep-alive");
    desk.until(&["Lesson 4 of 20"]);
    let resize = |desk: &Desk, rows, columns| {
        desk.screen.lock().unwrap().screen_mut().set_size(some(rows), some(columns));
        desk.master.as_ref().unwrap().resize(size(rows, columns)).unwrap();
    };
    desk.press("\r1");
    desk.until(&["You guessed it."]);
    desk.press("\u{1b}");
    desk.until(&["see 1 of", "1–13 of 23"]);
    resize(&desk, 40, 120);
    desk.until(&["see 1 of", "GET /three"]);
    resize(&desk, 10, 30);
    desk.until(&["30 columns", "The tutorial needs 40\nand 12"]);
    resize(&desk, 12, 40);
    desk.until(&["SYN", "Lesson 4 of 20"]);
    desk.press("q");
    desk.end();
}
