//! A TOML document, read value by value. Whatever is wrong with it is said with its line and its key.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong with a file, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The key, where it is about one: `checks.measure`.
    pub key: Option<String>,
    /// What is wrong, and what is allowed.
    pub problem: String,
}

impl Error {
    /// An error about a line that has no key.
    pub fn at(line: usize, problem: impl fmt::Display) -> Self {
        Self { line, key: None, problem: problem.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if let Some(key) = &self.key {
            write!(f, "`{key}`: ")?;
        }
        f.write_str(&self.problem)
    }
}

/// A document that could be parsed.
pub struct Document<'a> {
    text: &'a str,
    first_line: usize,
    root: Spanned<DeValue<'a>>,
}

impl<'a> Document<'a> {
    /// Parses what begins on that line of its file.
    pub fn parse(text: &'a str, first_line: usize) -> Result<Self, Error> {
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            Error::at(first_line + lines_before(text, at), error.message())
        })?;
        let root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        Ok(Self { text, first_line, root })
    }

    pub fn root(&self) -> Node<'_> {
        Node { document: self, path: String::new(), value: &self.root }
    }
}

fn lines_before(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// A value of a document, and the keys that lead to it.
#[derive(Clone)]
pub struct Node<'a> {
    document: &'a Document<'a>,
    path: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    /// An error about this value.
    pub fn error(&self, problem: impl fmt::Display) -> Error {
        self.error_at(self.value.span().start, &self.path, problem)
    }

    fn error_at(&self, at: usize, path: &str, problem: impl fmt::Display) -> Error {
        let line = self.document.first_line + lines_before(self.document.text, at);
        Error { line, key: (!path.is_empty()).then(|| path.to_owned()), problem: problem.to_string() }
    }

    /// The error of a table that lacks a key.
    pub fn lacks(&self, key: &str) -> Error {
        self.error(format_args!("the key `{key}` is missing"))
    }

    /// What a value is, if it is what is wanted.
    fn wanted<T>(&self, wanted: &str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| {
            let found = self.value.get_ref().type_str();
            self.error(format_args!("this is to be {wanted}, and it is of type {found}"))
        })
    }

    pub fn text(&self) -> Result<&'a str, Error> {
        self.wanted("a string", self.value.get_ref().as_str())
    }

    pub fn whole_number(&self) -> Result<u64, Error> {
        let number = self.value.get_ref().as_integer();
        let number = number.and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        self.wanted("a whole number", number)
    }

    /// A number, with or without decimals.
    pub fn number(&self) -> Result<f64, Error> {
        let decimals = self.value.get_ref().as_float().and_then(|number| number.as_str().parse().ok());
        let number = decimals.or_else(|| self.whole_number().ok().map(|whole| whole as f64));
        self.wanted("a number", number)
    }

    pub fn list(&self) -> Result<impl Iterator<Item = Self>, Error> {
        let items = self.wanted("an array", self.value.get_ref().as_array())?;
        Ok(items.iter().map(|value| Self { value, ..self.clone() }))
    }

    /// A table's values under these keys, in their order. Any other key is an error.
    pub fn table(&self, keys: &[&str]) -> Result<impl Iterator<Item = Option<Self>>, Error> {
        let table = self.wanted("a table", self.value.get_ref().as_table())?;
        let below = |key: &str| if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        if let Some(unknown) = table.keys().find(|key| !keys.contains(&key.get_ref().as_ref())) {
            let problem = format!("there is no such key; there are `{}`", keys.join("`, `"));
            return Err(self.error_at(unknown.span().start, &below(unknown.get_ref()), problem));
        }
        let value = move |key: &&str| table.get(*key).map(|value| Self { value, path: below(key), ..self.clone() });
        Ok(keys.iter().map(value))
    }
}
