//! What the output can show. Only this module asks the flags, the terminal and the environment.

use std::env;
use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
use wire101::render::style::Style;

/// The width of output that doesn't go to a terminal.
const PIPED_WIDTH: usize = 100;

#[derive(Debug, Args)]
pub struct Look {
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorWhen,
    /// How many columns to use [default: the terminal's width, or 100]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub width: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl Look {
    /// What standard output can show.
    pub fn style(&self) -> Style<'static> {
        self.style_of(io::stdout().is_terminal())
    }

    /// The same for standard error, whose width can't be found out.
    pub fn notes_style(&self) -> Style<'static> {
        self.style_of(io::stderr().is_terminal())
    }

    /// The same for output that goes elsewhere, to a terminal or not.
    pub fn style_of(&self, terminal: bool) -> Style<'static> {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && !dumb && !set("NO_COLOR"),
        };
        let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse::<u16>().ok());
        let of_terminal = terminal_size::terminal_size().filter(|_| terminal);
        let width = self.width.or(columns).or(of_terminal.map(|(width, _)| width.0)).map_or(PIPED_WIDTH, usize::from);
        let height = of_terminal.map(|(_, height)| usize::from(height.0));
        Style { colour, unicode: speaks_unicode(), height, ..Style::plain(width.clamp(20, 1000)) }
    }
}

/// Whether the locale's character set is UTF-8. A locale that names none is assumed to use UTF-8.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8")
                || locale.contains("utf8")
                || !locale.contains('.') && locale != "c" && locale != "posix"
        }
        None => true,
    }
}
