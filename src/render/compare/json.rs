//! The same as JSON Lines: `begin`, a `specimen` for each capture, an `aspect` for each row, `summary`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use crate::compare::{Row, Specimen, Verdict};
use crate::render::json::{FORMAT, Hex, Lines, Shown, TOOL, twin};

#[derive(Serialize)]
struct Aspect<'a> {
    group: &'static str,
    name: &'a str,
    verdict: &'static str,
    /// As text; null where a capture has no such thing, or one that is not UTF-8.
    values: Vec<Option<&'a str>>,
    /// As lower-case hex, where it is not UTF-8.
    values_hex: Vec<Option<Shown<Hex<'a>>>>,
    meaning: Option<&'a str>,
}

impl<'a> Aspect<'a> {
    fn of(row: &'a Row) -> Self {
        let twins = |value: &'a Option<Vec<u8>>| value.as_deref().map_or((None, None), twin);
        let (values, values_hex) = row.values.iter().map(twins).unzip();
        Self {
            group: row.group.name(),
            name: &row.name,
            verdict: row.verdict.name(),
            values,
            values_hex,
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
    let mut lines = Lines::new(out);
    lines.write("begin", &json!({"format": FORMAT, "tool": TOOL, "sources": sources}))?;
    for it in specimens {
        let data = json!({
            "source": it.source, "connection": it.exchange.connection, "index": it.exchange.index,
            "client": it.connection.client.to_string(), "server": it.connection.server.to_string(),
            "status": it.exchange.response.as_ref().map(|response| response.status), "upgraded": it.exchange.upgraded,
        });
        lines.write("specimen", &data)?;
    }
    for row in rows {
        lines.write("aspect", &Aspect::of(row))?;
    }
    let of = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let data = json!({"same": of(Verdict::Same), "differs": of(Verdict::Differs), "varies": of(Verdict::Varies)});
    lines.write("summary", &data)
}
