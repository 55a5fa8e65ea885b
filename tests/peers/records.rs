//! The JSON Lines of wire101, as far as the tests look at them.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Connection {
    #[serde(rename = "connection")]
    pub number: usize,
    pub protocol: String,
    pub exchanges: usize,
    pub closed: String,
}

#[derive(Deserialize)]
pub struct Exchange {
    pub connection: usize,
    pub index: usize,
    pub request: Head,
    pub response: Head,
    pub interim: Vec<Head>,
    pub upgraded: Option<String>,
}

/// A request or a response.
#[derive(Deserialize)]
pub struct Head {
    pub method: Option<String>,
    pub target: Option<String>,
    pub status: Option<u16>,
    pub reason: Option<String>,
    pub version: String,
    pub headers: Vec<Field>,
    pub body_bytes: u64,
    pub wire_body_bytes: u64,
    pub decoded_body_bytes: Option<u64>,
    pub body: Option<String>,
    pub complete: bool,
    pub first_packet: u64,
}

#[derive(Deserialize)]
pub struct Field {
    pub name: String,
    pub value: Option<String>,
}

#[derive(Deserialize)]
pub struct Frame {
    pub connection: usize,
    pub direction: String,
    pub fin: bool,
    pub rsv: u8,
    pub opcode: u8,
    pub masked: bool,
    pub mask_key: Option<String>,
    pub payload_bytes: u64,
    pub close_code: Option<u16>,
    pub close_reason: Option<String>,
    pub complete: bool,
}

#[derive(Deserialize)]
pub struct Message {
    pub direction: String,
    pub frames: usize,
    pub compressed: bool,
    pub payload: Option<String>,
    pub payload_hex: Option<String>,
}

impl Exchange {
    /// "0.1 GET /song.txt 200"
    pub fn line(&self) -> String {
        let Self { connection, index, request, response, .. } = self;
        let [method, target] = [&request.method, &request.target].map(|text| text.as_deref().unwrap_or("?"));
        format!("{connection}.{index} {method} {target} {}", response.status.unwrap_or_default())
    }
}

impl Head {
    /// A field's value. The name is looked for as it was sent: peers are told by it, too.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|field| field.name == name).and_then(|field| field.value.as_deref())
    }
}

impl Frame {
    /// "client text 12", "client text more rsv 4", "server close 1000 done": who, what, and how many bytes. Of compressed ones and
    /// of what continues a message the size is left out: it depends on the zlib.
    pub fn line(&self) -> String {
        let name = match self.opcode {
            0 => "continuation",
            1 => "text",
            2 => "binary",
            8 => "close",
            9 => "ping",
            10 => "pong",
            _ => "reserved",
        };
        let more = if self.fin { "" } else { " more" };
        let what = match (self.close_code, self.close_reason.as_deref().unwrap_or_default()) {
            (None, _) if self.rsv > 0 => format!("rsv {}", self.rsv),
            (None, _) if self.opcode == 0 => String::new(),
            (None, _) => self.payload_bytes.to_string(),
            (Some(code), reason) => format!("{code} {reason}"),
        };
        format!("{} {name}{more} {what}", self.direction).trim_end().to_owned()
    }
}

impl Message {
    /// "client Hello, wire!", "server deadbeef"
    pub fn line(&self) -> String {
        let payload = self.payload.as_ref().or(self.payload_hex.as_ref());
        format!("{} {}", self.direction, payload.map_or("", String::as_str))
    }
}
