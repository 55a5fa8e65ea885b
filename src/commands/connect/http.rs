//! HTTP: requests, one after the other, on one connection for as long as the server keeps it open.

use std::fs::File;
use std::io::{self, Read, Write};

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue};

use super::super::lines::HarmlessLines;
use super::super::{Failure, live};
use super::{Connect, Data, Exchange, Notes, failed};
use crate::peer::client::{Answer, HttpClient};

/// The longest body that is sent, in bytes.
const LONGEST_BODY: u64 = 64 << 20;

pub(super) async fn run(
    asked: &Connect,
    exchange: &Exchange,
    out: &mut dyn Write,
    notes: &mut Notes<'_>,
) -> Result<(), Failure> {
    let body = exchange.data.as_ref().map(load).transpose()?;
    let method = exchange.method.clone();
    let method = method.unwrap_or(if body.is_some() { Method::POST } else { Method::GET });
    let mut fields = asked.fields.clone();
    let has = |fields: &[(HeaderName, HeaderValue)], name: HeaderName| fields.iter().any(|(field, _)| *field == name);
    if let Some(body) = &body
        && !has(&fields, CONTENT_TYPE)
    {
        fields.push((CONTENT_TYPE, HeaderValue::from_static(media_type(body))));
    }
    if exchange.close && !has(&fields, CONNECTION) {
        fields.push((CONNECTION, HeaderValue::from_static("close")));
    }
    let body = body.unwrap_or_default();
    let mut interrupted = std::pin::pin!(live::interrupted()?);
    let exchanges = async {
        let mut client = None;
        let mut worst = None;
        for number in 0..exchange.repeat {
            let (answer, kept) = one(asked, &mut client, (&method, &fields, &body), number, notes).await?;
            client = Some(kept);
            let status = answer.status();
            receive(asked, answer, out).await?;
            if status.is_client_error() || status.is_server_error() {
                worst = Some(status);
            }
        }
        match worst.filter(|_| exchange.fail) {
            Some(status) => Err(Failure::Run(format!("{}: the server answered {status}", asked.url))),
            None => Ok(()),
        }
    };
    tokio::select! {
        outcome = exchanges => outcome,
        () = &mut interrupted => Err(Failure::Run("interrupted before the answer was complete".to_owned())),
    }
}

type Request<'a> = (&'a Method, &'a [(HeaderName, HeaderValue)], &'a Bytes);

/// Sends one request, on the connection that there is or else on a new one.
async fn one(
    asked: &Connect,
    client: &mut Option<HttpClient>,
    (method, fields, body): Request<'_>,
    number: u32,
    notes: &mut Notes<'_>,
) -> Result<(Answer, HttpClient), Failure> {
    let mut kept = None;
    if let Some(mut open) = client.take()
        && open.is_ready().await
    {
        kept = Some(open);
    }
    if number > 0 {
        let on = if kept.is_some() { "the same connection" } else { "a new connection: the server closed the last" };
        notes.say(&format!("request {}, on {on}", number + 1))?;
    }
    let mut client = match kept {
        Some(client) => client,
        None => HttpClient::open(&asked.url).await.map_err(|error| failed(&asked.url, &error))?,
    };
    let answer = client.send(&asked.url, method.clone(), fields, body.clone()).await;
    let answer = answer.map_err(|error| failed(&asked.url, &error))?;
    notes.heads(&answer.heads)?;
    Ok((answer, client))
}

/// Writes a body out as it comes.
async fn receive(asked: &Connect, mut answer: Answer, out: &mut dyn Write) -> Result<(), Failure> {
    let mut lines = HarmlessLines::new(out, asked.terminal);
    let outcome = loop {
        match answer.piece().await {
            Ok(Some(piece)) => {
                lines.write_all(&piece)?;
                lines.flush()?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(failed(&asked.url, &error)),
        }
    };
    lines.finish()?;
    lines.flush()?;
    outcome
}

fn load(data: &Data) -> Result<Bytes, Failure> {
    let read = |from: &mut dyn Read, name: &str| {
        let mut body = Vec::new();
        let read = from.take(LONGEST_BODY + 1).read_to_end(&mut body);
        read.map_err(|error| Failure::Input(format!("{name}: {error}")))?;
        if body.len() as u64 > LONGEST_BODY {
            return Err(Failure::Input(format!(
                "{name}: longer than {} MiB, the most that wire101 sends",
                LONGEST_BODY >> 20
            )));
        }
        Ok(Bytes::from(body))
    };
    match data {
        Data::Text(text) => Ok(Bytes::from(text.clone())),
        Data::Stdin => read(&mut io::stdin().lock(), "standard input"),
        Data::File(path) => {
            let name = path.display().to_string();
            let mut file = File::open(path).map_err(|error| Failure::Input(format!("{name}: {error}")))?;
            read(&mut file, &name)
        }
    }
}

/// What a body is, by its look: a server that is handed JSON wants to be told so.
fn media_type(body: &[u8]) -> &'static str {
    let is_structure = body.trim_ascii_start().starts_with(b"{") || body.trim_ascii_start().starts_with(b"[");
    if is_structure && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
        "application/json"
    } else if std::str::from_utf8(body).is_ok() {
        "text/plain; charset=utf-8"
    } else {
        "application/octet-stream"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_called_what_it_looks_like() {
        assert_eq!(media_type(b" {\"text\": \"Buy milk\"}"), "application/json");
        assert_eq!(media_type(b"[1, 2]\n"), "application/json");
        assert_eq!(media_type(b"{not json"), "text/plain; charset=utf-8");
        assert_eq!(media_type(b"12"), "text/plain; charset=utf-8");
        assert_eq!(media_type(b"\xff"), "application/octet-stream");
    }
}
