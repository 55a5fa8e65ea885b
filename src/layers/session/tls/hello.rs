//! The two hellos: what the client offers, and what the server chooses of it (RFC 8446 §4.1).

use super::super::cursor::Cursor;
use crate::limits::MAX_OFFERED_PROTOCOLS;

/// The longest name that is kept; a DNS name and an ALPN name have at most 255 bytes.
const MAX_NAME: usize = 255;

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;

/// What a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    /// The newest version it offers: 0x0304 is TLS 1.3.
    pub newest: u16,
    /// The host it wants to speak to, in the clear (RFC 6066 §3).
    pub server_name: Option<String>,
    /// The protocols it offers to speak inside (ALPN, RFC 7301), at most 8 of them.
    pub protocols: Vec<String>,
}

/// What a server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// The version: 0x0304 is TLS 1.3.
    pub version: u16,
    /// The cipher suite, by its registered number.
    pub cipher_suite: u16,
    /// The protocol to speak inside (RFC 7301); encrypted, and so unknown, from TLS 1.3 on.
    pub protocol: Option<String>,
}

impl ClientHello {
    /// Reads a hello's body as far as it's there; `None` if not even its version is there.
    pub(super) fn parse(mut body: Cursor<'_>) -> Option<Self> {
        let mut hello = Self { newest: body.u16()?, server_name: None, protocols: Vec::new() };
        let skipped = random_and_session(&mut body).is_some()
            && skip_counted16(&mut body).is_some()
            && body.u8().and_then(|methods| body.take(methods.into())).is_some();
        if skipped {
            extensions(&mut body, |kind, data| hello.extension(kind, data));
        }
        Some(hello)
    }

    fn extension(&mut self, kind: u16, mut data: Cursor<'_>) -> Option<()> {
        match kind {
            SERVER_NAME => {
                data.u16()?;
                // A list of names; type 0, the host name, is the only type there is.
                if data.u8()? == 0 {
                    let length = data.u16()?;
                    self.server_name = Some(text(data.take(length.into())?));
                }
            }
            ALPN => self.protocols = alpn(data),
            SUPPORTED_VERSIONS => {
                data.u8()?;
                // RFC 8701: values such as 0x3a3a are sent so that servers learn to ignore what they don't know.
                let versions = std::iter::from_fn(|| data.u16());
                self.newest = versions.filter(|version| version & 0x0f0f != 0x0a0a).max_by_key(|v| rank(*v))?;
            }
            _ => {}
        }
        Some(())
    }
}

impl ServerHello {
    /// Reads a hello's body as far as it's there; `None` if it ends before the cipher suite.
    pub(super) fn parse(mut body: Cursor<'_>) -> Option<Self> {
        let version = body.u16()?;
        random_and_session(&mut body)?;
        let mut hello = Self { version, cipher_suite: body.u16()?, protocol: None };
        if body.u8().is_some() {
            extensions(&mut body, |kind, mut data| {
                match kind {
                    ALPN => hello.protocol = alpn(data).into_iter().next(),
                    SUPPORTED_VERSIONS => hello.version = data.u16()?,
                    _ => {}
                }
                Some(())
            });
        }
        Some(hello)
    }
}

/// Drafts of TLS 1.3 were numbered 0x7f00 and up: newer than 1.2, older than 1.3.
fn rank(version: u16) -> (bool, u16) {
    (version == 0x0304, version)
}

fn random_and_session(body: &mut Cursor<'_>) -> Option<()> {
    body.take(32)?;
    let session = body.u8()?;
    body.take(session.into()).map(|_| ())
}

fn skip_counted16(body: &mut Cursor<'_>) -> Option<()> {
    let length = body.u16()?;
    body.take(length.into()).map(|_| ())
}

/// Calls `each` for every extension, including a last one that's incomplete.
fn extensions<'a>(body: &mut Cursor<'a>, mut each: impl FnMut(u16, Cursor<'a>) -> Option<()>) {
    let Some(length) = body.u16() else { return };
    let mut list = body.up_to(length.into());
    while let (Some(kind), Some(length)) = (list.u16(), list.u16()) {
        // A malformed extension is skipped: the others are still valid.
        let _ = each(kind, list.up_to(length.into()));
    }
}

fn alpn(mut data: Cursor<'_>) -> Vec<String> {
    let length = data.u16().unwrap_or(0);
    let mut list = data.up_to(length.into());
    let names = std::iter::from_fn(|| {
        let length = list.u8()?;
        list.take(length.into())
    });
    names.filter(|name| !is_grease(name)).take(MAX_OFFERED_PROTOCOLS).map(text).collect()
}

/// Whether a protocol name is one of RFC 8701's, which mean nothing.
fn is_grease(name: &[u8]) -> bool {
    matches!(name, [first, second] if first == second && first & 0x0f == 0x0a)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_NAME)]).into_owned()
}
