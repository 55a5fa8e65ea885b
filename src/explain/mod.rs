//! What the specifications' registries say about the numbers and names that people meet on the wire, and the story of each
//! problem: each with its clause and a sentence for a beginner.
//!
//! All of it is data, in the files of `data`: a table for each [`Kind`], whose lines become [`Entry`] values. Tables are read
//! the first time they're asked for. [`find`] looks an entry up by whatever people call it, and a [`Card`] is what one screen
//! says about it. Nothing here knows packets or views.

mod card;
mod entry;
mod find;
mod habits;
mod kind;
mod nearest;
mod server;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use self::card::{Card, card};
pub use self::entry::{Entry, close_code, header, method, opcode, problem, status, tcp_option};
pub use self::find::{find, is_name, kinds, resembling};
pub use self::habits::servers_with_such_habits;
pub use self::kind::Kind;
pub use self::nearest::nearest;
pub use self::server::server_telling;
