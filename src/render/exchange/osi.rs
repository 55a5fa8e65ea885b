//! What each OSI layer says about one exchange.
//!
//! Layers 2 to 4 and 7 are read from bytes. Layers 5 and 6 are what those bytes amount to, and layer 1 is what a
//! capture can know of it.

use crate::inspect::event::SegmentSeen;
use crate::inspect::record::{Closed, Connection, Direction, Exchange, HttpMessage};
use crate::layers::application::http::FieldName;
use crate::layers::presentation::charset::{self, CharsetSource};
use crate::layers::presentation::coding::TransferCoding;
use crate::layers::transport::header::{ACK, SYN};
use crate::layers::{Field, Layer};
use crate::render::model::layers::LayerRow;
use crate::render::numbers;
use crate::render::story::Story;

/// To be said once, below the first table of this kind.
pub const READING: &str = "Layers 5 and 6 have no header here; the fields of HTTP speak for them.";

/// How many SYNs are looked at for what follows them; who sends more has given up long before.
const MOST_SYNS: usize = 64;

/// The rows of the table, from the top.
///
/// `carrier` holds the fields of the packet that carries the exchange's first byte, as
/// [`stack::annotate`](crate::layers::stack::annotate()) names them.
#[must_use]
pub fn rows(story: &Story, exchange: &Exchange, carrier: &[Field]) -> Vec<LayerRow> {
    let connection = story.connection(exchange.connection);
    let text = |layer| match layer {
        Layer::Application => application(story, exchange),
        Layer::Presentation => presentation(story, exchange),
        Layer::Session => session(story, exchange, connection),
        Layer::Transport => transport(story, exchange, connection),
        Layer::Network => network(connection, carrier),
        Layer::DataLink => data_link(carrier),
        Layer::Physical => physical(story, exchange, connection),
    };
    Layer::TOP_DOWN.map(|layer| LayerRow::new(layer, text(layer))).into()
}

/// "GET /two → 200 OK": what an exchange is called in a heading.
#[must_use]
pub fn title(exchange: &Exchange) -> String {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let request = exchange.request.as_ref().map_or_else(
        || "no request".to_owned(),
        |request| format!("{} {}", lossy(&request.method), lossy(&request.target)),
    );
    format!("{request} → {}", status(exchange))
}

fn status(exchange: &Exchange) -> String {
    match &exchange.response {
        None => "no response".to_owned(),
        Some(response) => {
            let reason = String::from_utf8_lossy(response.reason.get(..100).unwrap_or(&response.reason));
            format!("{} {reason}", response.status).trim_end().to_owned()
        }
    }
}

fn join(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn application(story: &Story, exchange: &Exchange) -> String {
    let line = exchange.request.as_ref().map_or_else(String::new, |request| {
        let line = [&request.method[..], b" ", &request.target].concat();
        let (major, minor) = request.message.version;
        let version = if major == 0 { String::new() } else { format!(" HTTP/{major}.{minor}") };
        format!("{}{version}", String::from_utf8_lossy(line.get(..400).unwrap_or(&line)))
    });
    let fields = |message: Option<&HttpMessage>, of: &str| {
        message.map_or_else(String::new, |message| {
            numbers::counted(message.headers.lines.len() as u64, &format!("{of} header"))
        })
    };
    let requested = fields(exchange.request.as_ref().map(|request| &request.message), "request");
    let responded = fields(exchange.response.as_ref().map(|response| &response.message), "response");
    let counts = if requested.is_empty() || responded.is_empty() {
        requested + &responded
    } else {
        format!("{requested}, {responded}")
    };
    let frames = frames(story, exchange).count() as u64;
    let then =
        if frames > 0 { format!("then WebSocket: {}", numbers::counted(frames, "frame")) } else { String::new() };
    join([line, status(exchange), counts, then])
}

/// The frames that follow an exchange which turned its connection into a WebSocket.
fn frames<'a>(story: &'a Story, exchange: &'a Exchange) -> impl Iterator<Item = &'a crate::inspect::record::Frame> {
    let upgraded = exchange.upgraded.as_deref() == Some("websocket");
    upgraded.then(|| story.frames_of(Some(exchange.connection))).into_iter().flatten()
}

fn presentation(story: &Story, exchange: &Exchange) -> String {
    // A body may be framed and yet be empty. Even then, its framing is how it's written down.
    let has_body = |message: &&HttpMessage| message.body_bytes > 0 || message.wire_body_bytes > 0;
    let request = exchange.request.as_ref().map(|request| &request.message).filter(has_body);
    let request = request.map_or_else(String::new, |message| format!("request: {}", content(message)));
    let response = match exchange.response.as_ref().map(|response| &response.message) {
        None => String::new(),
        Some(message) if has_body(&message) => content(message),
        Some(_) => "no content to represent".to_owned(),
    };
    let response = if request.is_empty() { response } else { format!("response: {response}") };
    join([request, response, masking(story, exchange)])
}

/// Type, character set, content coding and transfer coding.
fn content(message: &HttpMessage) -> String {
    let content_type = message.headers.get(FieldName::ContentType);
    let declared = content_type.map_or_else(
        || "no Content-Type".to_owned(),
        |value| String::from_utf8_lossy(value.get(..200).unwrap_or(value)).into_owned(),
    );
    let charset = charset::text(&message.body, content_type).map_or_else(
        || "not text".to_owned(),
        |text| match text.source {
            CharsetSource::Parameter => String::new(),
            CharsetSource::MediaType => format!("{}, as its type always is", text.charset),
            CharsetSource::ByteOrderMark => format!("{}, its byte order mark says", text.charset),
            CharsetSource::Assumed => format!("no charset named: taken for {}", text.charset),
        },
    );
    let coding = match (&message.content_coding, message.decoded_body_bytes) {
        (None, _) => "no content coding".to_owned(),
        (Some(coding), Some(decoded)) => {
            format!("{coding}: {} of {}", numbers::bytes(message.body_bytes), numbers::bytes(decoded))
        }
        (Some(coding), None) => format!("{coding}, not decoded"),
    };
    let transfer = match message.headers.get(FieldName::TransferEncoding) {
        None => "no transfer coding".to_owned(),
        Some(transfer) => {
            let (sent, content) = (message.wire_body_bytes, message.body_bytes);
            let mut codings = message.headers.list(FieldName::TransferEncoding).filter_map(TransferCoding::of);
            let what = if codings.any(|coding| matches!(coding, TransferCoding::Compressed(_))) {
                format!("{} for {}", numbers::bytes(sent), numbers::bytes(content))
            } else {
                format!("{} of framing", numbers::bytes(sent.saturating_sub(content)))
            };
            let transfer = String::from_utf8_lossy(transfer.get(..40).unwrap_or(transfer));
            format!("transfer coding {transfer}: {what}")
        }
    };
    if message.body_bytes == 0 {
        return join(["an empty body".to_owned(), transfer]);
    }
    join([declared, charset, coding, transfer])
}

fn masking(story: &Story, exchange: &Exchange) -> String {
    let masked = |direction| {
        let sent = || frames(story, exchange).filter(move |frame| frame.direction == direction);
        (sent().filter(|frame| frame.mask_key.is_some()).count(), sent().count())
    };
    let ((client, of_client), (server, of_server)) = (masked(Direction::Client), masked(Direction::Server));
    if of_client + of_server == 0 {
        return String::new();
    }
    let extensions =
        exchange.response.as_ref().and_then(|it| it.message.headers.get(FieldName::SecWebSocketExtensions));
    let extensions = extensions.map_or_else(
        || "not compressed".to_owned(),
        |value| String::from_utf8_lossy(value.get(..100).unwrap_or(value)).into_owned(),
    );
    format!(
        "then frames: text is UTF-8, {extensions} · masked: {client} of the client's {of_client}, {server} of the server's {of_server}"
    )
}

fn session(story: &Story, exchange: &Exchange, connection: Option<&Connection>) -> String {
    let place = format!("{} exchange on connection {}", ordinal(exchange.index), exchange.connection);
    let Some(connection) = connection else { return place };
    let opened = match (exchange.index, handshake(story, connection)) {
        (0, Some(cost)) => format!("new: opened by a handshake, which took {}", numbers::duration(cost)),
        (0, None) => "open since before the capture".to_owned(),
        (_, Some(cost)) => format!("reused: no handshake, {} saved", numbers::duration(cost)),
        (_, None) => "reused: no handshake".to_owned(),
    };
    let upgraded = exchange.upgraded.as_ref().map_or_else(String::new, |to| format!("upgraded to {to}"));
    let by = connection.closed_by.map_or("nobody", Direction::name);
    let closed = match connection.closed {
        Closed::Fin => format!("closed by the {by} first (FIN)"),
        Closed::Reset => format!("broken off by the {by} (RST)"),
        Closed::Open => "still open at the end of the capture".to_owned(),
        Closed::Evicted => String::new(),
    };
    join([place, opened, upgraded, closed])
}

/// How long the client waited before it could send anything: from its SYN to its first other segment.
fn handshake(story: &Story, connection: &Connection) -> Option<u64> {
    let mut sent = story.segments(connection.number, Direction::Client, connection.extent.first.packet);
    let (syn, _) = sent.next().filter(|(_, segment)| segment.flags & (SYN | ACK) == SYN)?;
    let (next, _) = sent.take(MOST_SYNS).find(|(_, segment)| segment.flags & SYN == 0)?;
    Some(next.moment.time.since(syn.moment.time))
}

fn ordinal(index: u64) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let number = index.saturating_add(1);
    let suffix = match (number % 10, number % 100) {
        (1, n) if n != 11 => "st",
        (2, n) if n != 12 => "nd",
        (3, n) if n != 13 => "rd",
        _ => "th",
    };
    let word = usize::try_from(index).ok().and_then(|index| WORDS.get(index));
    word.map_or_else(|| format!("{number}{suffix}"), |word| (*word).to_owned())
}

fn transport(story: &Story, exchange: &Exchange, connection: Option<&Connection>) -> String {
    let ports = connection.map_or_else(
        || "TCP".to_owned(),
        |connection| format!("TCP {} → {}", connection.client.port(), connection.server.port()),
    );
    let part = |name, direction, message: Option<&HttpMessage>| {
        message.map_or_else(String::new, |message| {
            stretch(story, exchange.connection, direction, message)
                .map_or_else(String::new, |stretch| format!("{name}: {stretch}"))
        })
    };
    let request = exchange.request.as_ref().map(|request| &request.message);
    let response = exchange.response.as_ref().map(|response| &response.message);
    join([ports, part("request", Direction::Client, request), part("response", Direction::Server, response)])
}

/// Which bytes of its stream a message is, in how many segments, and which packet says that they arrived.
fn stretch(story: &Story, connection: u64, direction: Direction, message: &HttpMessage) -> Option<String> {
    let (first, last) = (message.extent.first.packet, message.extent.last.packet);
    let sent = story.segments(connection, direction, first).take_while(|(packet, _)| packet.moment.packet <= last);
    let mut sent = sent.map(|(_, segment)| segment).filter(|segment| segment.payload_length > 0 && segment.is_new());
    let after = |segment: &SegmentSeen| segment.stream_offset.saturating_add(segment.payload_length.into());
    let opening = sent.next()?;
    let (segments, end) = sent.fold((1, after(opening)), |(count, end), segment| (count + 1, end.max(after(segment))));
    let start = opening.stream_offset;
    let length = message.header_bytes.saturating_add(message.wire_body_bytes);
    let within = if end.saturating_sub(start) == length { "" } else { "within " };
    let bytes = format!("{within}bytes {}–{}", numbers::count(start), numbers::count(end.saturating_sub(1)));
    let acknowledged = story.acknowledged(connection, direction.reverse(), last.saturating_add(1), end);
    let acknowledged = acknowledged.map_or_else(
        || "never acknowledged".to_owned(),
        |packet| format!("acknowledged by packet {}", numbers::count(packet)),
    );
    Some(format!("{bytes}, {}, {acknowledged}", numbers::counted(segments, "segment")))
}

fn network(connection: Option<&Connection>, carrier: &[Field]) -> String {
    let headers = carrier.iter().filter(|field| field.layer == Layer::Network);
    let shown: Vec<String> = headers
        .map(|header| {
            let hops = header.parts.iter().find(|part| matches!(&*part.name, "Time to Live" | "Hop Limit"));
            let hops = hops.map_or_else(String::new, |hops| format!("{} {}", hops.name, hops.value));
            join([format!("{} {}", header.name, header.value), hops])
        })
        .collect();
    match connection {
        Some(it) if shown.is_empty() => format!("{} → {}", it.client.ip(), it.server.ip()),
        _ => join(shown),
    }
}

fn data_link(carrier: &[Field]) -> String {
    let headers = carrier.iter().filter(|field| field.layer == Layer::DataLink && !field.parts.is_empty());
    let shown = join(headers.map(|header| format!("{} {}", header.name, header.value)));
    if shown.is_empty() { "no link header in this capture".to_owned() } else { shown }
}

fn physical(story: &Story, exchange: &Exchange, connection: Option<&Connection>) -> String {
    let extent = exchange.extent();
    let (first, last) = (extent.first, extent.last);
    let carries = |direction| story.bytes_sent(exchange.connection, direction, first.packet, last.packet);
    let bytes = carries(Direction::Client).saturating_add(carries(Direction::Server));
    let interface = connection.and_then(|it| story.interfaces.get(it.interface)).and_then(Option::as_ref);
    let interface = interface.map_or_else(String::new, |name| format!("interface \"{name}\""));
    let packets = if first.packet == last.packet {
        format!("packet {}", numbers::count(first.packet))
    } else {
        format!("packets {}–{}", numbers::count(first.packet), numbers::count(last.packet))
    };
    join([format!("{} in {packets}; the signal itself isn't captured", numbers::counted(bytes, "byte")), interface])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{Request, Response};

    #[test]
    fn places_are_counted_as_people_say_them() {
        let said = [0, 1, 9, 10, 11, 12, 20, 21, 22, 110].map(ordinal);
        assert_eq!(said, ["first", "second", "tenth", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th"]);
        assert!(ordinal(u64::MAX).ends_with("th"));
    }

    #[test]
    fn every_layer_says_something_even_if_the_capture_has_only_the_exchange() {
        let alone = Exchange { request: Some(Request::default()), ..Exchange::default() };
        for exchange in [Exchange::default(), alone] {
            let rows = rows(&Story::default(), &exchange, &[]);
            assert_eq!(rows.len(), 7);
            let unknown = [Layer::Network, Layer::Presentation];
            assert!(rows.iter().all(|row| !row.text.is_empty() || unknown.contains(&row.layer)), "{rows:?}");
        }
    }

    #[test]
    fn content_says_how_it_is_written_down() {
        let message = |fields: &[u8], body: &[u8], coding: Option<&str>| HttpMessage {
            headers: crate::inspect::record::Fields::parse(fields),
            body: body.to_vec(),
            body_bytes: 60,
            wire_body_bytes: 71,
            content_coding: coding.map(str::to_owned),
            decoded_body_bytes: coding.map(|_| 100),
            ..HttpMessage::default()
        };
        let json = message(b"Content-Type: application/json\r\n\r\n", b"{}", None);
        assert_eq!(
            content(&json),
            "application/json · UTF-8, as its type always is · no content coding · no transfer coding"
        );
        let fields = b"Content-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
        let zipped = message(fields, b"<p>", Some("gzip"));
        assert_eq!(
            content(&zipped),
            "text/html; charset=utf-8 · gzip: 60 B of 100 B · transfer coding chunked: 11 B of framing"
        );
        let empty = HttpMessage { body_bytes: 0, wire_body_bytes: 5, ..message(fields, b"", None) };
        assert_eq!(content(&empty), "an empty body · transfer coding chunked: 5 B of framing");
        let response = Response { message: message(b"\r\n", &[0, 1, 2], None), ..Response::default() };
        let exchange = Exchange { response: Some(response.into()), ..Exchange::default() };
        assert!(presentation(&Story::default(), &exchange).starts_with("no Content-Type · not text"));
    }
}
