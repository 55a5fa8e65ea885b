//! `connect`: where to connect, and what to say there.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use hyper::Method;
use hyper::header::{HeaderName, HeaderValue, ORIGIN};
use wire101::commands::Failure;
use wire101::commands::connect::{self, Converse, Data, Exchange, Notes, What};
use wire101::peer::client::{Scheme, Url};

use super::{Look, values};

/// Headings of `connect --help`.
const HTTP: &str = "HTTP";
const WEBSOCKET: &str = "WebSocket";

#[derive(Debug, Args)]
pub struct Connect {
    /// The URL: scheme http or ws, host, port (if not 80), path
    #[arg(value_parser = Url::parse)]
    url: Url,
    /// A request header, such as 'Accept: text/html'; it replaces the one that the client would send
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = values::field)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// Print what was answered on standard error, even if that isn't a terminal: status lines, headers, pings, pongs, close frames
    #[arg(short, long)]
    verbose: bool,
    /// The method [default: GET, or POST with --data]
    #[arg(short = 'X', long, value_name = "METHOD", help_heading = HTTP)]
    method: Option<Method>,
    /// The body: text, @FILE, or - for standard input. If it looks like JSON, it's sent as JSON
    #[arg(short, long, value_name = "DATA", value_parser = values::data, help_heading = HTTP)]
    data: Option<Data>,
    /// Send the request N times, on one connection for as long as the server keeps it open
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), help_heading = HTTP)]
    repeat: u32,
    /// Ask the server to close the connection after each response
    #[arg(long, help_heading = HTTP)]
    close: bool,
    /// Exit with 1 if the server answers 4xx or 5xx
    #[arg(long, help_heading = HTTP)]
    fail: bool,
    /// Send this text, then close; without it, each line of standard input is sent
    #[arg(long, value_name = "TEXT", help_heading = WEBSOCKET)]
    send: Vec<String>,
    /// Send a ping, wait for its pong, then close
    #[arg(long, help_heading = WEBSOCKET)]
    ping: bool,
    /// How long to listen before closing: 500ms, 10s
    #[arg(long, value_name = "TIME", value_parser = values::time_span, help_heading = WEBSOCKET)]
    wait: Option<Duration>,
    /// Offer this subprotocol; repeat it to offer several, in order of preference
    #[arg(long, value_name = "NAME", value_parser = values::token, help_heading = WEBSOCKET)]
    subprotocol: Vec<String>,
    /// Send this Origin, as a page from there would
    #[arg(long, value_name = "ORIGIN", value_parser = values::origin, help_heading = WEBSOCKET)]
    origin: Option<String>,
    /// Close with this code: 1000, or 3000 to 4999 [default: 1000]
    #[arg(long, value_name = "CODE", value_parser = values::close_code, help_heading = WEBSOCKET)]
    close_code: Option<u16>,
}

impl Connect {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let err = &mut io::stderr().lock();
        let notes = self.verbose || io::stderr().is_terminal();
        let mut notes = if notes { Notes::to(err, look.notes_style()) } else { Notes::none() };
        connect::connect(&self.try_into().map_err(Failure::Usage)?, out, &mut notes, look.style())
    }

    /// The flags that were given but don't fit the URL's scheme.
    fn misplaced(&self) -> Vec<&'static str> {
        let http = [
            ("--method", self.method.is_some()),
            ("--data", self.data.is_some()),
            ("--repeat", self.repeat > 1),
            ("--close", self.close),
            ("--fail", self.fail),
        ];
        let websocket = [
            ("--send", !self.send.is_empty()),
            ("--ping", self.ping),
            ("--wait", self.wait.is_some()),
            ("--subprotocol", !self.subprotocol.is_empty()),
            ("--close-code", self.close_code.is_some()),
        ];
        let flags = if self.url.scheme == Scheme::Http { websocket } else { http };
        flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }
}

impl TryFrom<Connect> for connect::Connect {
    type Error = String;

    fn try_from(asked: Connect) -> Result<Self, String> {
        let misplaced = asked.misplaced();
        if let Some(flag) = misplaced.first() {
            return Err(match asked.url.scheme {
                Scheme::Http => format!("{flag} is for WebSocket; write ws:// instead of http://"),
                Scheme::WebSocket => format!("{flag} is for HTTP; write http:// instead of ws://"),
            });
        }
        let Connect { url, mut header, method, data, repeat, close, fail, .. } = asked;
        if let Some(origin) = asked.origin {
            header.push((ORIGIN, HeaderValue::from_str(&origin).map_err(|error| error.to_string())?));
        }
        let what = match url.scheme {
            Scheme::Http => What::Exchange(Exchange { method, data, repeat, close, fail }),
            Scheme::WebSocket => What::Converse(Converse {
                subprotocols: asked.subprotocol,
                send: asked.send,
                ping: asked.ping,
                wait: asked.wait.unwrap_or_default(),
                close: asked.close_code.unwrap_or(1000),
            }),
        };
        Ok(Self { url, fields: header, what, terminal: io::stdout().is_terminal() })
    }
}
