//! The same as JSON Lines: `begin`, a `specimen` for each capture, an `aspect` for each row, `summary`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use crate::compare::{Row, Specimen, Verdict};
use crate::render::json::hex;

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    data: T,
}

#[derive(Serialize)]
struct Aspect<'a> {
    group: &'static str,
    name: &'a str,
    verdict: &'static str,
    /// As text; null where a capture has no such thing, or one that is not UTF-8.
    values: Vec<Option<&'a str>>,
    /// As lower-case hex, where it is not UTF-8.
    values_hex: Vec<Option<String>>,
    meaning: Option<&'a str>,
}

impl<'a> Aspect<'a> {
    fn of(row: &'a Row) -> Self {
        let text = |value: &'a Option<Vec<u8>>| std::str::from_utf8(value.as_ref()?).ok();
        let as_hex = |value: &Option<Vec<u8>>| {
            let bytes = value.as_ref().filter(|bytes| std::str::from_utf8(bytes).is_err())?;
            Some(hex(bytes))
        };
        Self {
            group: row.group.name(),
            name: &row.name,
            verdict: row.verdict.name(),
            values: row.values.iter().map(text).collect(),
            values_hex: row.values.iter().map(as_hex).collect(),
            meaning: row.meaning.as_deref(),
        }
    }
}

/// Writes the comparison as JSON Lines.
///
/// # Errors
///
/// The writer's.
pub fn json(specimens: &[Specimen], rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let sources: Vec<&str> = specimens.iter().map(|it| it.source.as_str()).collect();
    let tool = concat!("wire101 ", env!("CARGO_PKG_VERSION"));
    line(out, "begin", &json!({"format": 1, "tool": tool, "sources": sources}))?;
    for it in specimens {
        let data = json!({
            "source": it.source, "connection": it.exchange.connection, "index": it.exchange.index,
            "client": it.connection.client.to_string(), "server": it.connection.server.to_string(),
            "status": it.exchange.response.as_ref().map(|response| response.status), "upgraded": it.exchange.upgraded,
        });
        line(out, "specimen", &data)?;
    }
    for row in rows {
        line(out, "aspect", &Aspect::of(row))?;
    }
    let of = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let data = json!({"same": of(Verdict::Same), "differs": of(Verdict::Differs), "varies": of(Verdict::Varies)});
    line(out, "summary", &data)
}

fn line(out: &mut dyn Write, kind: &'static str, data: &impl Serialize) -> io::Result<()> {
    let line = serde_json::to_string(&Line { r#type: kind, data })?;
    writeln!(out, "{line}")
}
