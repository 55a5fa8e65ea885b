//! The terminal as a screen with keys: taken over when it's opened, and restored whatever ends the program.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{process, thread};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use crossterm::{execute, queue};
use wire101::commands::tutorial::{Key, Terminal};

/// Whether signals end the program by way of a thread of their own.
static LISTENING: AtomicBool = AtomicBool::new(false);

/// How long a signal may wait to be heard.
const SIGNAL_PATIENCE: Duration = Duration::from_millis(100);
/// How long the program may take to end by itself once it was told to.
const GRACE: Duration = Duration::from_secs(1);
/// What is assumed of a terminal that does not tell its size.
const USUAL: (usize, usize) = (80, 24);

/// Standard input and output, which are a terminal.
pub struct Tty {
    /// As wide as that at most.
    width: Option<u16>,
    is_open: bool,
    /// Set by the signals that end a program.
    ends: Arc<AtomicBool>,
}

impl Tty {
    /// The terminal, if input and output are one that can move its cursor.
    pub fn new(width: Option<u16>) -> Option<Self> {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        (is_terminal && !is_dumb).then(|| Self { width, is_open: false, ends: Arc::default() })
    }

    #[cfg(unix)]
    fn listen(&self) -> io::Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        LISTENING.store(true, Ordering::Relaxed);
        let ends = Arc::clone(&self.ends);
        let wait = move || {
            let Some(signal) = signals.forever().next() else { return };
            ends.store(true, Ordering::Relaxed);
            // Whoever waits for a key of a terminal that has gone may wait for ever: crossterm reads it over and over.
            // Everything that is done is in the file of progress already.
            thread::sleep(GRACE);
            // Standard output is that thread's. Where there is no terminal any more, nothing has to be given back.
            if let Ok(terminal) = File::options().write(true).open("/dev/tty") {
                restore(terminal);
            }
            process::exit(128 + signal);
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
        Ok(())
    }

    #[cfg(not(unix))]
    fn listen(&self) -> io::Result<()> {
        let _ = self;
        Ok(())
    }

    /// Stops, as Ctrl-Z asks, until the shell lets it go on.
    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        self.close();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.open()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn pressed(&mut self, pressed: KeyEvent) -> io::Result<Key> {
        if pressed.modifiers.contains(KeyModifiers::CONTROL) {
            return Ok(match pressed.code {
                KeyCode::Char('c' | 'd') => Key::Leave,
                KeyCode::Char('z') => {
                    self.suspend()?;
                    Key::Resized
                }
                // Draws all anew, as it does everywhere.
                KeyCode::Char('l') => Key::Resized,
                KeyCode::Char('h') => Key::Backspace,
                _ => Key::Other,
            });
        }
        Ok(match pressed.code {
            KeyCode::Char(character) => Key::Char(character),
            KeyCode::Enter => Key::Enter,
            KeyCode::Esc => Key::Escape,
            KeyCode::Backspace => Key::Backspace,
            KeyCode::Up => Key::Up,
            KeyCode::Down => Key::Down,
            KeyCode::PageUp => Key::PageUp,
            KeyCode::PageDown => Key::PageDown,
            KeyCode::Home => Key::Home,
            KeyCode::End => Key::End,
            _ => Key::Other,
        })
    }
}

/// Where the terminal has gone, leaves the end of the program to the signal that comes with that. It may come after reading has
/// failed, and what would be said of the failure reaches nobody.
pub fn settle() {
    #[cfg(unix)]
    if LISTENING.load(Ordering::Relaxed) && File::options().write(true).open("/dev/tty").is_err() {
        thread::sleep(GRACE * 3);
    }
}

impl Terminal for Tty {
    fn open(&mut self) -> io::Result<()> {
        static ONCE: Once = Once::new();
        let mut heard = Ok(());
        ONCE.call_once(|| {
            heard = self.listen();
            // What a panic says is to be read afterwards, not on a screen that is about to go.
            let say = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore(io::stdout());
                say(panic);
            }));
        });
        heard?;
        self.is_open = true;
        enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, Hide)
    }

    fn size(&self) -> (usize, usize) {
        let size = terminal_size::terminal_size().map(|(columns, rows)| (columns.0.into(), rows.0.into()));
        let (columns, rows) = size.filter(|size| *size != (0, 0)).unwrap_or(USUAL);
        (self.width.map_or(columns, |width| columns.min(width.into())), rows)
    }

    fn draw(&mut self, rows: &[String]) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
        for (at, row) in (0..).zip(rows) {
            // A full row is not wrapped until something follows: what is behind it is cleared first.
            queue!(out, MoveTo(0, at), Clear(ClearType::CurrentLine))?;
            out.write_all(row.as_bytes())?;
        }
        if rows.len() < self.size().1 {
            queue!(out, MoveTo(0, rows.len() as u16), Clear(ClearType::FromCursorDown))?;
        }
        out.flush()
    }

    fn key(&mut self) -> io::Result<Key> {
        loop {
            if self.ends.load(Ordering::Relaxed) {
                return Ok(Key::Leave);
            }
            // A terminal that is gone cannot be read any more: there is nobody to tell.
            let Ok(is_there) = event::poll(SIGNAL_PATIENCE) else { return Ok(Key::Leave) };
            if !is_there {
                continue;
            }
            match event::read() {
                Ok(Event::Key(pressed)) if pressed.kind != KeyEventKind::Release => return self.pressed(pressed),
                Ok(Event::Resize(..)) => return Ok(Key::Resized),
                Ok(_) => {}
                Err(_) => return Ok(Key::Leave),
            }
        }
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.is_open) {
            restore(io::stdout());
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.close();
    }
}

/// Gives the terminal back. If that fails, it is gone.
fn restore(mut terminal: impl Write) {
    let _ = execute!(terminal, Show, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}
