//! The same as JSON Lines: `begin`, a `specimen` for each capture, an `aspect` for each row, `summary`.

use std::io::{self, Write};

use crate::compare::{Row, Specimen, Verdict};
use crate::render::json::{FORMAT, JsonLines, Shown, TOOL, keys, twin};

/// The first line: the captures' names as given.
struct Begin<'a>(&'a [Specimen]);

keys!(Begin<'_>, it:
    "format" = FORMAT,
    "sources" = it.0.iter().map(|specimen| specimen.source.as_str()).collect::<Vec<_>>(),
    "tool" = TOOL
);

keys!(Specimen, it:
    "client" = Shown(it.connection.client),
    "connection" = it.exchange.connection,
    "index" = it.exchange.index,
    "server" = Shown(it.connection.server),
    "source" = it.source,
    "status" = it.exchange.response.as_ref().map(|response| response.status),
    "upgraded" = it.exchange.upgraded
);

// A value is null where a capture has no such thing; its twin, too, unless it isn't UTF-8.
keys!(Row, it:
    "group" = it.group.name(),
    "name" = it.name,
    "verdict" = it.verdict.name(),
    "values" / "values_hex" = {
        let twins = it.values.iter().map(|value| value.as_deref().map_or((None, None), twin));
        twins.unzip::<_, _, Vec<_>, Vec<_>>()
    },
    "meaning" = it.meaning
);

/// The last line: how many rows say what.
struct Verdicts<'a>(&'a [Row]);

impl Verdicts<'_> {
    fn of(&self, verdict: Verdict) -> usize {
        self.0.iter().filter(|row| row.verdict == verdict).count()
    }
}

keys!(Verdicts<'_>, it:
    "differs" = it.of(Verdict::Differs),
    "same" = it.of(Verdict::Same),
    "varies" = it.of(Verdict::Varies)
);

/// Writes the comparison as JSON Lines.
///
/// # Errors
///
/// The writer's.
pub fn json(specimens: &[Specimen], rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut lines = JsonLines::new(out);
    lines.write("begin", &Begin(specimens))?;
    specimens.iter().try_for_each(|specimen| lines.write("specimen", specimen))?;
    rows.iter().try_for_each(|row| lines.write("aspect", row))?;
    lines.write("summary", &Verdicts(rows))
}
