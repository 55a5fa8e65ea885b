//! `wire101 draw`: a picture of a capture, as SVG. The capture is a lesson's, run for it, or a file.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::rc::Rc;

use super::inspect::absent::Absent;
use super::inspect::input::Input;
use super::{Failure, lesson, save};
use crate::annotate::Selection;
use crate::capture::CaptureError;
use crate::capture::watched::{Nobody, Watcher};
use crate::index::{Index, Packets, Wanted};
use crate::inspect::record::{Exchange, Frame, Summary};
use crate::inspect::{DecodeAs, Options};
use crate::render::exchange::hops::Hops;
use crate::render::story::Story;
use crate::render::svg::relay::Heard;
use crate::render::svg::{Lacking, frame, hops, http, keep_alive, osi, relay, upgrade};

/// How much of bodies and payloads is looked at: 4 KiB.
const KEEP_FOR_PICTURES: usize = 4 << 10;

/// What `draw` was asked for.
#[derive(Clone, Debug)]
pub struct Draw {
    /// Which picture.
    pub kind: Picture,
    /// Of what.
    pub of: Of,
    /// The file to write; standard output without it.
    pub out: Option<PathBuf>,
}

/// Which picture, and of what in the capture; without it, of the first that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// The layers of an exchange, by connection and index.
    Osi(Option<(u64, u64)>),
    /// The parts of an exchange, by connection and index.
    Http(Option<(u64, u64)>),
    /// Connections for one exchange beside one for several.
    KeepAlive,
    /// A connection that became a WebSocket.
    Upgrade(Option<u64>),
    /// A frame, by connection and index.
    Frame(Option<(u64, u64)>),
    /// A server between clients.
    Relay,
    /// Both sides of a proxy.
    Hops,
}

/// Whose capture is drawn.
#[derive(Clone, Debug)]
pub enum Of {
    /// That of a lesson: its name or number; of the one that the picture is about.
    Lesson(Option<String>),
    /// A file; `-` is standard input.
    File(PathBuf),
}

impl Picture {
    /// The lesson that it is about.
    fn lesson(self) -> Option<&'static str> {
        Some(match self {
            Self::Osi(_) => "osi-layers",
            Self::Http(_) => "request-response",
            Self::KeepAlive => "keep-alive",
            Self::Upgrade(_) | Self::Frame(_) => "upgrade",
            Self::Relay => "chat",
            Self::Hops => return None,
        })
    }
}

/// Draws a picture. A file is read under the watcher's eyes.
///
/// # Errors
///
/// If there is no such lesson, the capture cannot be read, or not to its end, it lacks what is to be drawn, or the picture cannot be
/// written. Of a capture that is damaged further on, what could be read is drawn first.
pub fn draw(asked: &Draw, out: &mut dyn Write, watcher: Rc<dyn Watcher>) -> Result<(), Failure> {
    match &asked.of {
        Of::File(path) => {
            if let Some(out) = asked.out.as_deref().filter(|_| path.as_os_str() != "-") {
                save::spares(path, out)?;
            }
            let input = Input::new(path, watcher).again()?;
            let name = path.file_name().map_or_else(|| "standard input".into(), |name| name.to_string_lossy());
            let source = if input.is_live() { "standard input" } else { &*name };
            picture(asked, &Subject { input, story: Story::default(), source: source.to_owned() }, out)
        }
        Of::Lesson(name) => {
            let none =
                || Failure::Usage("no lesson has a proxy in it: name a capture with both sides of one".to_owned());
            let name = name.as_deref().or(asked.kind.lesson()).ok_or_else(none)?;
            let run = lesson::run_as_usual(name)?;
            let spool = || -> io::Result<File> {
                let mut file = run.write(tempfile::tempfile()?)?;
                file.rewind()?;
                Ok(file)
            };
            let failed = |error| Failure::Run(format!("can't put the lesson's capture into a temporary file: {error}"));
            let mut story = Story::of_hosts(run.sides.iter().flat_map(|side| side.hosts.clone()).collect());
            run.lost().for_each(|packet| story.lose(packet));
            let (name, seed) = (&run.lesson.name, run.settings.seed);
            let label = PathBuf::from(format!("lesson {name}"));
            let input = Input::new(&label, Rc::new(Nobody)).rewritten(spool().map_err(failed)?);
            picture(asked, &Subject { input, story, source: format!("lesson {name}, seed {seed}") }, out)
        }
    }
}

/// What is drawn from.
struct Subject<'a> {
    input: Input<'a>,
    /// With the hosts' names, before anything is told.
    story: Story,
    /// What the picture says it is of.
    source: String,
}

fn picture(asked: &Draw, subject: &Subject<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let mut found = (subject.story.clone(), (Heard::default(), Hops::default()));
    let options = Options { keep: KEEP_FOR_PICTURES, ..Options::default() };
    let mut index = Index::read(subject.input.open()?, Wanted::Nothing, options, &mut found);
    let (story, (heard, hops)) = &found;
    let drawn = match asked.kind {
        Picture::Osi(which) => {
            subject.exchange(story, which, &index.summary)?.map(|it| subject.osi(&mut index, story, it))
        }
        Picture::Http(which) => {
            subject.exchange(story, which, &index.summary)?.map(|it| subject.http(&mut index, story, it))
        }
        Picture::Frame(which) => frame_of(story, which).map(|it| subject.frame(&mut index, story, it)),
        Picture::KeepAlive => keep_alive::picture(story, &subject.source).map(Ok),
        Picture::Upgrade(connection) => upgrade::picture(story, connection, &subject.source).map(Ok),
        Picture::Relay => relay::picture(story, heard, &subject.source).map(Ok),
        Picture::Hops => hops::picture(hops, &subject.source).map(Ok),
    };
    let drawn = drawn.map_err(|lacking| subject.lacks(lacking, index.error.as_ref()))??;
    match &asked.out {
        None => out.write_all(drawn.as_bytes())?,
        Some(path) => save::save(path, |file| file.write_all(drawn.as_bytes()))
            .map_err(|error| Failure::Run(format!("cannot write the picture as {}: {error}", path.display())))?,
    }
    out.flush()?;
    subject.input.outcome(None, index.error)
}

impl Subject<'_> {
    /// The exchange that was asked for, else the first that has a request and a response.
    fn exchange<'a>(
        &self,
        story: &'a Story,
        which: Option<(u64, u64)>,
        summary: &Summary,
    ) -> Result<Result<&'a Exchange, Lacking>, Failure> {
        let Some((connection, index)) = which else {
            let whole = story.exchanges.iter().find(|it| it.request.is_some() && it.response.is_some());
            return Ok(whole.or(story.exchanges.first()).ok_or(Lacking::Exchange));
        };
        let found = story.exchanges.iter().find(|it| (it.connection, it.index) == (connection, index));
        if found.is_none() {
            let there = story.connection(connection).map(|connection| connection.exchanges);
            self.input.outcome(Some(Absent::exchange((connection, index), there, summary)), None)?;
        }
        Ok(found.ok_or(Lacking::Exchange))
    }

    fn osi(&self, index: &mut Index, story: &Story, exchange: &Exchange) -> Result<String, Failure> {
        let first = exchange.extent().first.packet;
        let mut packets = self.packets(index, story, exchange.connection, Selection::packet(first))?;
        let packet = packets.next().ok_or_else(|| self.lacks(Lacking::Exchange, packets.error()))?;
        Ok(osi::picture(story, exchange, &packet, &self.source))
    }

    fn http(&self, index: &mut Index, story: &Story, it: &Exchange) -> Result<String, Failure> {
        let selection = Selection::Exchange(it.connection, it.index);
        let packets = self.packets(index, story, it.connection, selection)?;
        let fields = packets.annotator().fields_of_exchange(it.connection, it.index);
        Ok(http::picture(it, &fields, &self.source))
    }

    fn frame(&self, index: &mut Index, story: &Story, it: &Frame) -> Result<String, Failure> {
        let packets = self.packets(index, story, it.connection, Selection::Frame(it.connection, it.index))?;
        let fields = packets.annotator().fields_of_frame(it.connection, it.index);
        Ok(frame::picture(it, &fields, &self.source))
    }

    /// What is selected of a connection.
    fn packets(
        &self,
        index: &mut Index,
        story: &Story,
        connection: u64,
        selection: Selection,
    ) -> Result<Packets<Box<dyn Read>>, Failure> {
        if let Some(record) = story.connection(connection) {
            index.follow(record);
        }
        index.packets(|layout, mark| self.input.resume(layout, mark), selection, DecodeAs::default())
    }

    /// That the capture has not what is to be drawn, perhaps because it could not be read to its end.
    fn lacks(&self, lacking: Lacking, error: Option<&CaptureError>) -> Failure {
        let read = error.map_or_else(String::new, |error| format!(", as far as it could be read: {error}"));
        Failure::Input(format!("{}: {lacking}{read}", self.input.label()))
    }
}

/// The frame that was asked for, else the first that carries data, masked if there is one: it has every kind of field.
fn frame_of(story: &Story, which: Option<(u64, u64)>) -> Result<&Frame, Lacking> {
    if let Some((connection, index)) = which {
        let found = story.frames.iter().find(|it| (it.connection, it.index) == (connection, index));
        return found.ok_or(Lacking::FrameOf(connection, index));
    }
    let carries_data = |it: &&Frame| !it.is_control() && it.payload_bytes > 0;
    let masked = story.frames.iter().filter(carries_data).find(|it| it.mask_key.is_some());
    masked.or(story.frames.iter().find(carries_data)).or(story.frames.first()).ok_or(Lacking::Frame)
}
