//! The stories of problems: TOML files, made into a table as `src/explain/data/` has one for every other kind of thing.

use super::document::{Document, Error};

/// The table's first line.
pub const COLUMNS: &str = "code\tclause\tmeaning\tIn short\tWhen\tTo do";

/// The keys of a story, in the order of the columns.
const KEYS: [&str; 6] = ["code", "clause", "what", "title", "when", "what_to_do"];

/// The lines of the table that a file's stories become.
pub fn lines(file: &str) -> Result<String, Error> {
    let document = Document::parse(file, 1)?;
    let mut lines = String::new();
    for stories in document.root().table(&["problem"])?.flatten() {
        for story in stories.list()? {
            let mut cells = Vec::new();
            for (key, value) in KEYS.into_iter().zip(story.table(&KEYS)?) {
                let text = value.ok_or_else(|| story.lacks(key))?.text()?;
                // Line breaks within a text don't count.
                cells.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            lines += &(cells.join("\t") + "\n");
        }
    }
    Ok(lines)
}
