//! `serve`: where to listen, and which pages may send requests.

use std::io::{self, Write};
use std::net::IpAddr;

use clap::Args;
use wire101::commands::{Failure, serve};

use super::{Look, values};

#[derive(Debug, Args)]
pub struct Serve {
    /// The port to listen on; 0 picks any free port
    #[arg(long, value_name = "PORT", default_value_t = 8101)]
    port: u16,
    /// The address to listen on; 0.0.0.0 is all of this machine's addresses, so that others can reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = values::address)]
    bind: IpAddr,
    /// Also let pages from this origin use it, besides this machine's own: scheme, name and port
    #[arg(long, value_name = "ORIGIN", value_parser = values::origin)]
    origin: Vec<String>,
    /// Also answer to this name, besides localhost and the address; requests for any other name are refused
    #[arg(long, value_name = "NAME", value_parser = values::host_name)]
    host: Vec<String>,
}

impl Serve {
    pub fn run(self, look: &Look, out: &mut dyn Write) -> Result<(), Failure> {
        let Self { port, bind, origin, host } = self;
        let asked = serve::Serve { bind, port, origins: origin, hosts: host };
        serve::serve(&asked, (out, look.style()), (io::stderr(), look.notes_style()))
    }
}
