//! `wire101 serve`: a small real server, until somebody stops it.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};

use hyper::Method;

use super::served::Log;
use super::{Failure, live};
use crate::layers::Layer;
use crate::peer::server::{OFFERS, Server};
use crate::render::model::{Form, List, Page, Text};
use crate::render::style::Style;

/// What `serve` was asked for.
#[derive(Clone, Debug)]
pub struct Serve {
    /// The address to listen at.
    pub bind: IpAddr,
    /// The port; 0 for one that the system chooses.
    pub port: u16,
    /// The origins whose pages may use it, besides those of this machine.
    pub origins: Vec<String>,
    /// The names that it goes by, besides localhost and its address.
    pub hosts: Vec<String>,
}

/// Serves until it is interrupted. What it serves, and where, is said first, and flushed: scripts wait for that line. Then there's a
/// line in `log` for each request.
///
/// # Errors
///
/// If it cannot listen, the output cannot be written, or something was still being answered when it had to end.
pub fn serve(
    asked: &Serve,
    (out, style): (&mut dyn Write, Style),
    (log, log_style): (impl Write + Send + 'static, Style<'static>),
) -> Result<(), Failure> {
    live::runtime()?.block_on(async {
        let server = Server::bind(asked.bind, asked.port, asked.origins.clone(), asked.hosts.clone()).await;
        let server = server.map_err(|error| Failure::Run(refusal(asked, &error)))?;
        let interrupted = live::interrupted()?;
        announce(server.address(), out, style)?;
        let log = Log::to(log);
        let finished = server.run(interrupted, log.told(log_style)).await;
        log.end();
        if finished {
            return Ok(());
        }
        Err(Failure::Run("stopped; some clients were still busy after 5 s and were cut off".to_owned()))
    })
}

fn announce(address: SocketAddr, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let mut page = Page::default();
    page.say(
        Text::words("listening on ")
            .and(Text::words(format!("http://{}/", reached_at(address))).look(Layer::Application)),
    );
    page.say(who_can_reach(address));
    page.space();
    let mut list = List::new(Form::Commands);
    for offer in &OFFERS {
        let methods: Vec<&str> = offer.methods.iter().map(Method::as_str).collect();
        let methods = if offer.methods == [Method::GET] { String::new() } else { format!("{}: ", methods.join(", ")) };
        list.add(Text::words(offer.path).look(Layer::Application), format!("{methods}{}", offer.what));
    }
    page.add(list);
    page.space();
    page.remark("Everything is kept in memory and gone when the server stops. To stop it, press Ctrl-C.");
    style.print(page, out)?;
    out.flush()
}

/// Where to reach it: an address that stands for all of this machine's is none to connect to.
fn reached_at(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], v6.port())),
        other => other,
    }
}

fn who_can_reach(address: SocketAddr) -> String {
    let ip = address.ip();
    if ip.is_loopback() {
        "Only programs on this machine can reach it.".to_owned()
    } else if ip.is_unspecified() {
        "Everybody who can reach any address of this machine can use it: your whole network, and beyond if no firewall is \
         in between."
            .to_owned()
    } else {
        format!("Everybody who can reach {ip} can use it: your network, and beyond if no firewall is in between.")
    }
}

/// Why it cannot listen, and what to do.
fn refusal(asked: &Serve, error: &io::Error) -> String {
    let Serve { bind, port, .. } = asked;
    let place = SocketAddr::new(*bind, *port);
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "cannot listen on {place}: another program already listens there, perhaps another `wire101 serve`; stop that \
             one, or choose another port: --port {}, or --port 0 for any free one",
            port.checked_add(1).unwrap_or(8101)
        ),
        io::ErrorKind::PermissionDenied if *port < 1024 => {
            format!("cannot listen on {place}: only root may use ports below 1024; choose another: --port 8101")
        }
        io::ErrorKind::AddrNotAvailable => format!(
            "cannot listen on {place}: this machine doesn't have the address {bind}; `ip address` lists the ones it has, and \
             --bind {} means all of them",
            if bind.is_ipv4() { "0.0.0.0" } else { "::" }
        ),
        _ => format!("cannot listen on {place}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::writer::line::width;

    #[test]
    fn it_is_said_who_can_reach_it() {
        let who = |address: &str| who_can_reach(address.parse().unwrap());
        assert_eq!(who("127.0.0.1:1"), "Only programs on this machine can reach it.");
        assert_eq!(who("[::1]:1"), who("127.0.0.1:1"));
        assert!(who("0.0.0.0:1").contains("any address"));
        assert!(who("192.0.2.1:1").contains("192.0.2.1"));
    }

    #[test]
    fn no_line_is_wider_than_asked_and_the_first_is_where_it_listens() {
        for columns in 40..130 {
            let mut out = Vec::new();
            announce("0.0.0.0:8101".parse().unwrap(), &mut out, Style::plain(columns)).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out.lines().next(), Some("listening on http://127.0.0.1:8101/"));
            assert!(out.lines().all(|line| width(line) <= columns), "{out}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let asked =
            |bind: &str, port| Serve { bind: bind.parse().unwrap(), port, origins: Vec::new(), hosts: Vec::new() };
        let refusal = |asked: &Serve, kind: io::ErrorKind| refusal(asked, &kind.into());
        assert!(refusal(&asked("127.0.0.1", 8101), io::ErrorKind::AddrInUse).contains("--port 8102"));
        assert!(refusal(&asked("127.0.0.1", 65535), io::ErrorKind::AddrInUse).contains("--port 8101"));
        assert!(refusal(&asked("127.0.0.1", 80), io::ErrorKind::PermissionDenied).contains("below 1024"));
        assert!(refusal(&asked("::1", 80), io::ErrorKind::AddrNotAvailable).contains("--bind ::"));
    }
}
