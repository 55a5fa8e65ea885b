//! HTTP exchanges as a table, with the columns of a browser's network panel.

use crate::inspect::record::{Exchange, Kind};
use crate::layers::Layer;
use crate::layers::application::http::{FieldName, media_type};
use crate::render::model::{Cell, Column, Look, Table, Text};
use crate::render::problems::numbered;

/// The table. `left_out` says how many more rows to mention, and `found` what was found about an exchange. Hosts and reason phrases are
/// shown only if there's plenty of room.
#[must_use]
pub fn table<'a>(
    exchanges: impl IntoIterator<Item = &'a Exchange>,
    left_out: u64,
    found: impl Fn(&Exchange) -> Option<Kind>,
) -> Table {
    let mut table = Table::new(&[
        Column::number("#"),
        Column::text("Method"),
        Column::text("Host").luxury(),
        Column::text("Target"),
        Column::text("Status"),
        Column::text("Type").optional(),
        Column::number("Size"),
        Column::number("Time"),
    ]);
    let said = |bytes: &[u8]| if bytes.is_empty() { Cell::missing() } else { Text::captured(bytes).into() };
    for it in exchanges {
        let request = it.request.as_ref();
        let host = request.and_then(|it| it.message.headers.get(FieldName::Host));
        let size = it.response.as_ref().map(|it| Text::bytes(it.message.body_bytes));
        table.row([
            numbered(format!("{}.{}", it.connection, it.index), found(it)).into(),
            request.map_or_else(Cell::missing, |it| Text::captured(&*it.method).look(Layer::Application).into()),
            host.map_or_else(Cell::missing, said),
            request.map_or_else(Cell::missing, |it| said(&it.target)),
            status(it),
            kind(it),
            size.map_or_else(Cell::missing, Cell::from),
            it.duration().map_or_else(Cell::missing, |time| Text::duration(time).into()),
        ]);
    }
    table.but(left_out)
}

/// The status code, and the reason phrase where there is room for it.
fn status(it: &Exchange) -> Cell {
    let Some(response) = &it.response else {
        return Cell::or(Text::words("no response").look(Look::Bad), Text::words("—").look(Look::Bad));
    };
    let look = status_look(response.status);
    let code = Text::words(response.status.to_string()).look(look);
    if response.reason.is_empty() {
        return code.into();
    }
    Cell::or(code.clone().and(" ").and(Text::captured(&*response.reason)).look(look), code)
}

/// How a status code looks: what went well, and what did not, is seen from afar.
pub(in crate::render) fn status_look(status: u16) -> Look {
    match status {
        200..300 => Look::Good,
        400.. => Look::Bad,
        _ => Look::Plain,
    }
}

/// The media type without its parameters, or what the connection was upgraded to.
fn kind(it: &Exchange) -> Cell {
    if let Some(protocol) = &it.upgraded {
        return Text::words(protocol.clone()).look(Layer::Presentation).into();
    }
    match it.response.as_ref().and_then(|response| response.message.headers.get(FieldName::ContentType)) {
        Some(value) => Text::captured(media_type(value)).into(),
        None => Cell::missing(),
    }
}

#[cfg(test)]
pub(in crate::render) mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::{Extent, Fields, HttpMessage, Moment, Request, Response};
    use crate::render::Style;

    fn section(lines: &[(&str, &[u8])]) -> Fields {
        let lines = lines.iter().map(|(name, value)| [name.as_bytes(), b": ", value, b"\r\n"].concat());
        Fields::parse(&lines.chain([b"\r\n".to_vec()]).collect::<Vec<_>>().concat())
    }

    fn message(headers: &[(&str, &[u8])], packet: u64, body: &[u8]) -> HttpMessage {
        let moment = Moment { packet, time: Timestamp(1_700_000_000_000_123_456 + packet * 10_000_000) };
        HttpMessage {
            version: (1, 1),
            headers: section(headers),
            extent: Extent { first: moment, last: moment },
            header_bytes: 64,
            body_bytes: body.len() as u64,
            wire_body_bytes: body.len() as u64,
            decoded_body_bytes: Some(body.len() as u64),
            body: body.to_vec(),
            complete: true,
            ..HttpMessage::default()
        }
    }

    /// An exchange whose text tries to harm the terminal.
    pub(in crate::render) fn exchange() -> Exchange {
        Exchange {
            connection: 3,
            index: 1,
            request: Some(Request {
                method: b"GET".into(),
                target: b"/two?name=\x1b[31m".into(),
                message: message(&[("Host", b"example.com"), ("X-Bytes", b"\xff\xfe")], 4, b""),
            }),
            response: Some(Box::new(Response {
                status: 200,
                reason: b"OK".into(),
                message: message(
                    &[("Content-Type", b"text/plain; charset=utf-8")],
                    8,
                    b"first line\nsecond \x07line\n",
                ),
            })),
            interim: Vec::new(),
            upgraded: None,
        }
    }

    fn some() -> Vec<Exchange> {
        let mut upgrade = exchange();
        upgrade.index = 2;
        upgrade.upgraded = Some("websocket".into());
        let response = upgrade.response.as_mut().unwrap();
        (response.status, response.reason) = (101, b"Switching Protocols".into());
        let mut lost = exchange();
        lost.index = 3;
        lost.response = None;
        lost.request.as_mut().unwrap().target =
            b"/search?q=what+is+a+very+long+query+good+for+if+nobody+reads+it".into();
        vec![exchange(), upgrade, lost]
    }

    #[test]
    fn exchanges_read_like_a_network_panel() {
        insta::assert_snapshot!(Style::plain(80).lines(table(&some(), 0, |_| None)).join("\n"), @r"
          #  Method  Target                              Status  Type        Size   Time
        ────────────────────────────────────────────────────────────────────────────────
        3.1  GET     /two?name=\x1b[31m                  200     text/plain  24 B  40 ms
        3.2  GET     /two?name=\x1b[31m                  101     websocket   24 B  40 ms
        3.3  GET     /search?q=what+is+a+very+long+que…  —       —              —      —
        ");
    }

    #[test]
    fn a_wide_screen_shows_more() {
        insta::assert_snapshot!(Style::plain(120).lines(table(&some(), 5, |_| None)).join("\n"), @r"
          #  Method  Host         Target                                        Status                   Type        Size   Time
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        3.1  GET     example.com  /two?name=\x1b[31m                            200 OK                   text/plain  24 B  40 ms
        3.2  GET     example.com  /two?name=\x1b[31m                            101 Switching Protocols  websocket   24 B  40 ms
        3.3  GET     example.com  /search?q=what+is+a+very+long+query+good+fo…  no response              —              —      —
        ⋮ 5 more
        ");
    }
}
