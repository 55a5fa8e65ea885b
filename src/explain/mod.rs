//! The reference tables: what the specifications' registries say of the numbers and names that meet the eye on the wire,
//! each with its clause and a sentence for a beginner.
//!
//! The tables are the files in `data`, one thing a line, its columns between tabs; problems have a story to tell, and stand
//! in `data/problems`. Each is parsed when it is first asked for, and never if it is not. A [`Topic`] is an entry of any of
//! them, found by what people call it; a [`Card`] is what one screen says of it. Nothing here knows packets or views.

mod card;
mod habits;
mod header;
mod method;
mod nearest;
mod osi;
mod problem;
mod server;
mod status;
mod table;
mod tcp;
#[cfg(test)]
mod tests;
mod topic;
mod websocket;
mod words;

pub use self::card::{Card, card, example};
pub use self::habits::servers_with_such_habits;
pub use self::header::{Header, SentIn, header, headers};
pub use self::method::{Method, method, methods};
pub use self::nearest::nearest;
pub use self::osi::{OsiLayer, osi_layers};
pub use self::problem::{ProblemStory, problem, problems};
pub use self::server::{Server, server_telling, servers};
pub use self::status::{Status, status, statuses};
pub use self::tcp::{TcpFlag, TcpOption, tcp_flags, tcp_option, tcp_options};
pub use self::topic::{Kind, Topic, find, kinds};
pub use self::websocket::{CloseCode, CloseSender, Opcode, close_code, close_codes, opcode, opcodes};
pub use self::words::{lesson_about, resembling};
