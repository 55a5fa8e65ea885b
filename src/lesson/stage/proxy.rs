//! A reverse proxy: hyper's server on one side, and its client on the other.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, UPGRADE, VIA};
use hyper::{Request, Response, StatusCode, upgrade};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::{Outcome, Stage, authority};
use crate::wire::BoxError;

/// What a proxy does with an upgrade that a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrades {
    /// It asks the server for the same, and carries bytes both ways after the 101.
    PassedOn,
    /// It drops the fields, which are about its client's connection alone (RFC 9110 §7.6.1).
    Dropped,
}

/// Serves on `host` what `server` has, and says so in Via (RFC 9110 §7.6.3). Each request goes out on a connection of its own.
///
/// # Errors
///
/// Where the host's port cannot be listened on.
pub fn proxy(stage: &Stage, host: &'static str, server: &'static str, upgrades: Upgrades) -> Outcome {
    let on = stage.clone();
    stage.serve(host, move |request| {
        let stage = on.clone();
        async move {
            pass_on(&stage, [host, server], request, upgrades).await.unwrap_or_else(|_| {
                let mut response = Response::new(Full::default());
                *response.status_mut() = StatusCode::BAD_GATEWAY;
                response
            })
        }
    })
}

async fn pass_on(
    stage: &Stage,
    [host, server]: [&str; 2],
    mut request: Request<Incoming>,
    upgrades: Upgrades,
) -> Result<Response<Full<Bytes>>, BoxError> {
    let client = upgrade::on(&mut request);
    let (mut parts, body) = request.into_parts();
    hop(&mut parts.headers, host, upgrades)?;
    let body = body.collect().await?.to_bytes();
    parts.headers.insert(HOST, HeaderValue::try_from(authority(server))?);
    let mut to_server = stage.http(host, server).await?;
    let mut response = to_server.pass_on(Request::from_parts(parts, body.into())).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let server = upgrade::on(&mut response);
        let (mut parts, _) = response.into_parts();
        hop(&mut parts.headers, host, upgrades)?;
        tokio::spawn(async move {
            let (client, server) = tokio::try_join!(client, server)?;
            copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(server)).await?;
            Ok::<_, BoxError>(())
        });
        return Ok(Response::from_parts(parts, Full::default()));
    }
    let (mut parts, body) = response.into_parts();
    hop(&mut parts.headers, host, upgrades)?;
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes().into()))
}

/// Makes of a message's fields those that the next connection gets: Connection, and what it names, is about this one alone.
fn hop(fields: &mut HeaderMap, host: &str, upgrades: Upgrades) -> Outcome {
    let upgrade = fields.get(UPGRADE).cloned().filter(|_| upgrades == Upgrades::PassedOn);
    let named: Vec<_> = fields.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok()).collect();
    let named: Vec<_> = named.join(",").split(',').map(|name| name.trim().parse::<HeaderName>()).collect();
    for name in named.into_iter().flatten().chain([CONNECTION]) {
        fields.remove(name);
    }
    if let Some(upgrade) = upgrade {
        fields.insert(UPGRADE, upgrade);
        fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    }
    fields.append(VIA, HeaderValue::try_from(format!("1.1 {host}"))?);
    Ok(())
}
