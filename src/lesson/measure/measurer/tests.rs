use std::borrow::Cow;
use std::net::SocketAddr;

use super::*;
use crate::capture::Timestamp;
use crate::inspect::event::Novelty;
use crate::inspect::record::{Closed, Extent, Fields, HttpMessage, Moment, Problem, Protocol, Request, Response};
use crate::inspect::samples;
use crate::layers::transport::header::{ACK, FIN};

const MS: u64 = 1_000_000;
/// Ethernet, IPv4 and TCP without options.
const HEADERS: u32 = 54;
const SYN_ACK: u8 = SYN | ACK;
const FIN_ACK: u8 = FIN | ACK;

use Direction::{Client, Server};

/// A capture, event by event, its time going on by hand.
#[derive(Default)]
struct Capture {
    measurer: Measurer,
    packets: u64,
    now: u64,
    streams: Vec<[u64; 2]>,
    clients: Vec<u8>,
    /// What every segment offers.
    window: u64,
}

impl Capture {
    fn at(&mut self, milliseconds: u64) -> &mut Self {
        self.now = milliseconds * MS;
        self
    }

    fn moment(&self) -> Moment {
        Moment { packet: self.packets, time: Timestamp(1_000 * MS + self.now) }
    }

    fn packet(&mut self, length: u32, content: PacketContent) -> &mut Self {
        self.packets += 1;
        let packet = PacketSeen {
            moment: self.moment(),
            interface: 0,
            original_length: length,
            captured_length: length,
            content,
        };
        self.measurer.event(Event::Packet(&packet));
        self
    }

    fn segment(
        &mut self,
        connection: u64,
        direction: Direction,
        flags: u8,
        payload: u32,
        novelty: Novelty,
    ) -> &mut Self {
        if matches!(novelty, Novelty::InOrder | Novelty::Ahead) {
            self.streams[connection as usize][direction as usize] += u64::from(payload);
        }
        let window = self.window;
        let segment =
            SegmentSeen { flags, window, payload_length: payload, novelty, ..acknowledgment(connection, direction) };
        self.packet(HEADERS + payload, PacketContent::Tcp(segment))
    }

    fn data(&mut self, connection: u64, direction: Direction, payload: u32) -> &mut Self {
        self.segment(connection, direction, ACK, payload, Novelty::InOrder)
    }

    fn bare(&mut self, connection: u64, direction: Direction, flags: u8) -> &mut Self {
        self.segment(connection, direction, flags, 0, Novelty::Empty)
    }

    /// The packet that opens the next connection, and the event after it.
    fn open(&mut self, client: u8, flags: u8) -> &mut Self {
        let number = self.streams.len() as u64;
        self.streams.push([0, 0]);
        self.clients.push(client);
        self.bare(number, Client, flags);
        let connection = self.connection(number);
        self.measurer.event(Event::Opened(&connection));
        self
    }

    fn handshake(&mut self, client: u8) -> &mut Self {
        let number = self.streams.len() as u64;
        self.open(client, SYN).bare(number, Server, SYN_ACK).bare(number, Client, ACK)
    }

    fn connection(&self, number: u64) -> Connection {
        let [client_bytes, server_bytes] = self.streams[number as usize];
        Connection {
            number,
            interface: 0,
            client: SocketAddr::from(([10, 0, 0, self.clients[number as usize]], 49152 + number as u16)),
            server: SocketAddr::from(([10, 0, 0, 99], 80)),
            extent: Extent::default(),
            packets: 0,
            protocol: Protocol::Http1,
            protocol_detail: None,
            exchanges: 0,
            handshake: true,
            closed: Closed::Fin,
            closed_by: None,
            client_bytes,
            server_bytes,
            retransmitted_segments: 0,
            missing_bytes: 0,
        }
    }

    fn close(&mut self, number: u64) -> &mut Self {
        let connection = self.connection(number);
        self.measurer.event(Event::Closed(&connection));
        self
    }

    fn exchange(&mut self, connection: u64, index: u64, request: HttpMessage, response: Response) -> &mut Self {
        let request = Some(Request { message: request, ..Request::default() });
        let exchange = Exchange { connection, index, request, response: Some(response.into()), ..Exchange::default() };
        self.measurer.event(Event::Exchange(&exchange));
        self
    }

    fn response(&self, status: u16, header_bytes: u64, body_bytes: u64) -> Response {
        let extent = Extent { first: self.moment(), last: self.moment() };
        let message = HttpMessage {
            header_bytes,
            body_bytes,
            wire_body_bytes: body_bytes,
            complete: true,
            extent,
            ..HttpMessage::default()
        };
        Response { status, message, ..Response::default() }
    }

    fn frame(&mut self, direction: Direction, opcode: u8, header_bytes: u8, payload_bytes: u64) -> &mut Self {
        let extent = Extent { first: self.moment(), last: self.moment() };
        self.measurer.event(Event::Frame(&Frame {
            extent,
            header_bytes,
            mask_key: (direction == Client).then_some([opcode; 4]),
            payload_bytes,
            payload_seen: payload_bytes,
            ..samples::frame(direction, opcode, b"")
        }));
        if opcode < 8 {
            let message = Message { extent, payload_bytes, ..samples::message(direction, opcode, b"") };
            self.measurer.event(Event::Message(&message));
        }
        self
    }

    fn finish(&mut self) -> impl Fn(&str) -> Option<u64> + use<> {
        let measures = std::mem::take(&mut self.measurer).finish();
        let get = move |name: &str| measures.named(name).unwrap_or_else(|error| panic!("{error}"));
        let parts = ["overhead_bytes", "protocol_bytes", "useful_bytes"].map(&get);
        assert_eq!(parts.iter().flatten().sum::<u64>(), get("wire_bytes").unwrap_or_default(), "{parts:?}");
        get
    }
}

fn acknowledgment(connection: u64, direction: Direction) -> SegmentSeen {
    SegmentSeen {
        connection,
        direction,
        flags: ACK,
        stream_offset: 0,
        acknowledged: 0,
        window: 0,
        payload_length: 0,
        novelty: Novelty::Empty,
    }
}

fn header(header_bytes: u64) -> HttpMessage {
    HttpMessage { header_bytes, complete: true, ..HttpMessage::default() }
}

/// One request and response on a connection of their own, round trips of 80 ms.
fn one_exchange(capture: &mut Capture, number: u64, start: u64) {
    capture.at(start).open(1, SYN).at(start + 40).bare(number, Server, SYN_ACK);
    capture
        .at(start + 80)
        .bare(number, Client, ACK)
        .data(number, Client, 100)
        .at(start + 120)
        .data(number, Server, 150);
    let response = capture.response(200, 90, 60);
    capture.exchange(number, 0, header(100), response);
    capture.at(start + 160).bare(number, Client, FIN_ACK).at(start + 200).bare(number, Server, FIN_ACK).close(number);
}

#[test]
fn a_connection_for_each_request_costs_two_round_trips_each() {
    let mut capture = Capture::default();
    for number in 0..3 {
        one_exchange(&mut capture, number, number * 160);
    }
    let get = capture.finish();
    assert_eq!(get("connections"), Some(3));
    assert_eq!(get("round_trips"), Some(6));
    assert_eq!(get("handshake_round_trips"), Some(3));
    assert_eq!(get("round_trip_time"), Some(80 * MS));
    assert_eq!(get("packets"), Some(21));
    assert_eq!(get("data_packets"), Some(6));
    assert_eq!(get("wire_bytes"), Some(21 * 54 + 3 * 250));
    assert_eq!(get("overhead_bytes"), Some(21 * 54));
    assert_eq!(get("protocol_bytes"), Some(3 * 190));
    assert_eq!(get("useful_bytes"), Some(3 * 60));
    assert_eq!((get("exchanges"), get("reused_exchanges")), (Some(3), Some(0)));
    assert_eq!(get("time_to_first"), Some(120 * MS));
    assert_eq!(get("time_to_nth(2)"), Some(280 * MS));
    assert_eq!((get("time_to_nth(3)"), get("time_to_last")), (Some(440 * MS), Some(440 * MS)));
    assert_eq!(get("time_to_nth(4)"), None);
}

#[test]
fn a_kept_connection_costs_one_round_trip_for_each_request_after_its_handshake() {
    let mut capture = Capture::default();
    capture.handshake(1);
    for index in 0..3 {
        capture.data(0, Client, 100).data(0, Server, 100).data(0, Server, 50);
        let response = capture.response(200, 90, 60);
        capture.exchange(0, index, header(100), response);
    }
    let get = capture.close(0).finish();
    assert_eq!((get("round_trips"), get("handshake_round_trips")), (Some(4), Some(1)));
    assert_eq!((get("exchanges"), get("reused_exchanges")), (Some(3), Some(2)));
}

#[test]
fn what_is_sent_before_the_answer_is_one_turn() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 100).data(0, Client, 100).data(0, Server, 50).data(0, Server, 50);
    assert_eq!(capture.close(0).finish()("round_trips"), Some(2));
}

#[test]
fn a_push_that_nobody_waited_for_is_no_turn() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Server, 50).data(0, Server, 50);
    assert_eq!(capture.close(0).finish()("round_trips"), Some(1));
}

#[test]
fn connections_that_one_host_opens_at_once_are_waited_for_once() {
    let mut capture = Capture::default();
    capture.open(1, SYN).open(1, SYN).bare(0, Server, SYN_ACK).bare(1, Server, SYN_ACK);
    capture.data(0, Client, 9).data(1, Client, 9).data(0, Server, 9).data(1, Server, 9);
    let get = capture.close(0).close(1).finish();
    assert_eq!((get("connections"), get("round_trips"), get("handshake_round_trips")), (Some(2), Some(2), Some(1)));
}

#[test]
fn each_of_several_hosts_waits_for_itself() {
    let mut capture = Capture::default();
    capture.open(1, SYN).open(2, SYN).bare(0, Server, SYN_ACK).bare(1, Server, SYN_ACK);
    assert_eq!(capture.close(0).close(1).finish()("round_trips"), Some(2));
}

#[test]
fn what_tcp_sends_again_is_overhead_and_neither_a_turn_nor_a_connection() {
    let mut capture = Capture::default();
    capture
        .open(1, SYN)
        .at(1_000)
        .bare(0, Client, SYN)
        .at(1_040)
        .bare(0, Server, SYN_ACK)
        .at(1_080)
        .bare(0, Client, ACK);
    capture.data(0, Client, 100).segment(0, Client, ACK, 100, Novelty::Repeated);
    capture.bare(0, Server, SYN_ACK).data(0, Server, 150).segment(0, Client, ACK, 100, Novelty::Repeated);
    capture.segment(0, Server, ACK, 150, Novelty::Repeated).segment(0, Client, ACK, 1, Novelty::KeepAlive);
    let response = capture.response(200, 90, 60);
    let get = capture.exchange(0, 0, header(100), response).close(0).finish();
    assert_eq!((get("connections"), get("round_trips"), get("handshake_round_trips")), (Some(1), Some(2), Some(1)));
    assert_eq!((get("protocol_bytes"), get("useful_bytes")), (Some(190), Some(60)));
    assert_eq!(get("round_trip_time"), Some(80 * MS));
}

#[test]
fn retransmissions_are_segments_whose_bytes_had_been_seen() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 10);
    for novelty in [Novelty::Repeated, Novelty::KeepAlive, Novelty::Repeated] {
        capture.segment(0, Client, ACK, 10, novelty);
    }
    assert_eq!(capture.close(0).finish()("retransmissions"), Some(2));
}

#[test]
fn arp_is_counted_apart_and_everything_else_is_on_the_wire() {
    let mut capture = Capture::default();
    capture.packet(42, PacketContent::Arp).packet(70, PacketContent::Other(Cow::Borrowed("UDP")));
    let get = capture.packet(60, PacketContent::Fragment).finish();
    assert_eq!((get("arp_packets"), get("packets"), get("wire_bytes")), (Some(1), Some(2), Some(130)));
    assert_eq!(get("overhead_bytes"), Some(130));
}

#[test]
fn time_zero_is_the_first_syn_not_the_first_packet() {
    let mut capture = Capture::default();
    capture.at(0).packet(42, PacketContent::Arp);
    capture.at(50).handshake(1).at(170).data(0, Client, 10).data(0, Server, 10);
    let response = capture.response(200, 10, 0);
    assert_eq!(capture.exchange(0, 0, header(10), response).close(0).finish()("time_to_last"), Some(120 * MS));
}

#[test]
fn a_capture_without_a_syn_has_no_times() {
    let mut capture = Capture::default();
    capture.open(1, ACK).data(0, Client, 10).data(0, Server, 10);
    let response = capture.response(200, 10, 0);
    let get = capture.exchange(0, 0, header(10), response).close(0).finish();
    assert_eq!((get("connections"), get("round_trips")), (Some(0), Some(1)));
    assert_eq!((get("time_to_first"), get("round_trip_time")), (None, None));
}

#[test]
fn a_websocket_has_frame_headers_as_protocol_and_payloads_as_useful_bytes() {
    let mut capture = Capture::default();
    capture.at(0).handshake(1).data(0, Client, 200).data(0, Server, 120);
    let response = capture.response(101, 120, 0);
    capture.exchange(0, 0, header(200), response);
    capture.at(160).data(0, Client, 18).frame(Client, 1, 6, 12).at(200).data(0, Server, 14).frame(Server, 1, 2, 12);
    capture.data(0, Client, 10).frame(Client, 9, 6, 4).data(0, Server, 6).frame(Server, 10, 2, 4);
    let get = capture.data(0, Client, 8).frame(Client, 8, 6, 2).close(0).finish();
    assert_eq!(get("protocol_bytes"), Some(320 + 6 + 2 + 6 + 2 + 6));
    assert_eq!(get("useful_bytes"), Some(12 + 12 + 4 + 4 + 2));
    assert_eq!((get("frames"), get("messages"), get("pings")), (Some(5), Some(2), Some(1)));
    assert_eq!(get("message_bytes"), Some(12 + 12));
    // The 101 is not yet what was waited for.
    assert_eq!((get("time_to_first"), get("time_to_last")), (Some(160 * MS), Some(200 * MS)));
}

#[test]
fn chunk_framing_interim_responses_and_trailers_are_protocol() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 100).data(0, Server, 25).data(0, Client, 30).data(0, Server, 140);
    let mut response = capture.response(200, 90, 30);
    response.message.wire_body_bytes = 50;
    let mut request = header(100);
    (request.body_bytes, request.wire_body_bytes) = (30, 30);
    let exchange = Exchange {
        request: Some(Request { message: request, ..Request::default() }),
        interim: vec![capture.response(100, 25, 0)],
        response: Some(response.into()),
        ..Exchange::default()
    };
    capture.measurer.event(Event::Exchange(&exchange));
    let get = capture.close(0).finish();
    assert_eq!((get("protocol_bytes"), get("useful_bytes")), (Some(100 + 25 + 90 + 20), Some(30 + 30)));
    assert_eq!((get("chunking_bytes"), get("bodies")), (Some(20), Some(2)));
    assert_eq!((get("round_trips"), get("time_to_nth(2)")), (Some(3), None));
}

#[test]
fn a_cookie_counts_in_every_request_that_sends_it() {
    let mut capture = Capture::default();
    capture.handshake(1);
    for (index, fields) in [&b"Host: a\r\n\r\n"[..], b"cookie: a=1\r\n\r\n", b"Cookie: a=1\r\n\r\n"].iter().enumerate()
    {
        let request = HttpMessage { headers: Fields::parse(fields), ..header(100) };
        let response = capture.response(204, 90, 0);
        capture.exchange(0, index as u64, request, response);
    }
    let get = capture.close(0).finish();
    assert_eq!((get("cookies"), get("bodies")), (Some(2), Some(0)));
}

#[test]
fn the_first_byte_of_a_slow_response_comes_before_its_last() {
    let mut capture = Capture::default();
    capture.handshake(1).at(80).data(0, Client, 100).at(120).data(0, Server, 90);
    let first = capture.moment();
    capture.at(420).data(0, Server, 60);
    let mut response = capture.response(200, 90, 60);
    response.message.extent.first = first;
    let get = capture.exchange(0, 0, header(100), response).close(0).finish();
    assert_eq!((get("time_to_first_byte"), get("time_to_first")), (Some(120 * MS), Some(420 * MS)));
}

#[test]
fn a_frame_that_is_no_message_has_a_header_and_a_key_all_the_same() {
    let mut capture = Capture::default();
    capture.handshake(1).frame(Client, 1, 6, 12).frame(Server, 2, 4, 126).frame(Client, 8, 6, 2).frame(Client, 8, 6, 2);
    let get = capture.close(0).finish();
    assert_eq!((get("message_header_bytes"), get("masked_frames"), get("masking_keys")), (Some(10), Some(3), Some(2)));
}

#[test]
fn bytes_nobody_decodes_are_useful_to_somebody() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 517).data(0, Server, 1_200);
    let get = capture.close(0).finish();
    assert_eq!((get("protocol_bytes"), get("useful_bytes")), (Some(0), Some(1_717)));
}

#[test]
fn an_incomplete_response_never_came_and_a_late_report_keeps_its_place() {
    let mut capture = Capture::default();
    capture.at(0).handshake(1);
    let early = capture.at(50).response(200, 0, 0);
    let late = capture.at(90).response(200, 0, 0);
    let mut cut = capture.at(99).response(200, 0, 0);
    cut.message.complete = false;
    capture.exchange(0, 1, header(0), late).exchange(0, 0, header(0), early).exchange(0, 2, header(0), cut);
    let get = capture.close(0).finish();
    assert_eq!((get("time_to_first"), get("time_to_last")), (Some(50 * MS), Some(90 * MS)));
    assert_eq!((get("exchanges"), get("responses")), (Some(3), Some(2)));
}

#[test]
fn a_message_whose_packet_was_lost_is_there_with_the_copy_that_arrived() {
    let mut capture = Capture { measurer: Measurer::without([4]), ..Capture::default() };
    capture.at(0).handshake(1);
    let text = |capture: &mut Capture, milliseconds: u64, offset: u64, novelty: Novelty| {
        capture.at(milliseconds);
        let of_server = acknowledgment(0, Server);
        let segment = SegmentSeen { stream_offset: offset, payload_length: 10, novelty, ..of_server };
        capture.packet(HEADERS + 10, PacketContent::Tcp(segment));
        if novelty == Novelty::InOrder {
            capture.frame(Server, 1, 2, 8);
        }
    };
    text(&mut capture, 100, 0, Novelty::InOrder);
    text(&mut capture, 140, 10, Novelty::InOrder);
    text(&mut capture, 180, 0, Novelty::Repeated);
    text(&mut capture, 190, 20, Novelty::InOrder);
    capture.streams[0][Server as usize] = 30;
    let get = capture.close(0).finish();
    assert_eq!((get("messages"), get("lost_packets")), (Some(3), Some(1)));
    // The second was on time, and waits for the first.
    assert_eq!((get("time_to_first"), get("time_to_nth(2)")), (Some(180 * MS), Some(180 * MS)));
    assert_eq!((get("time_to_last"), get("held_back"), get("longest_wait")), (Some(190 * MS), Some(1), Some(80 * MS)));
}

#[test]
fn a_body_that_is_sent_bit_by_bit_has_flights() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 100);
    let first = capture.at(50).moment();
    for (offset, acknowledged) in [(0, 0), (100, 200), (200, 0), (300, 400), (400, 0)] {
        let (data, novelty) = (acknowledgment(0, Server), Novelty::InOrder);
        let data = SegmentSeen { stream_offset: offset, payload_length: 100, novelty, ..data };
        capture.packet(HEADERS + 100, PacketContent::Tcp(data));
        let acknowledgment = SegmentSeen { acknowledged, ..acknowledgment(0, Client) };
        capture.packet(HEADERS, PacketContent::Tcp(acknowledgment));
    }
    let mut response = capture.response(200, 90, 410);
    response.message.extent.first.packet = first.packet + 1;
    let get = capture.exchange(0, 0, header(100), response).close(0).finish();
    assert_eq!((get("flights"), get("first_flight_bytes")), (Some(3), Some(200)));
}

#[test]
fn the_parts_add_up_however_odd_the_records() {
    let mut capture = Capture::default();
    capture.handshake(1).data(0, Client, 10);
    let response = capture.response(200, u64::MAX, 0);
    capture.exchange(0, 0, header(u64::MAX), response);
    capture.streams[0] = [u64::MAX, u64::MAX];
    assert_eq!(capture.close(0).finish()("packets"), Some(4));
}

#[test]
fn problems_are_counted() {
    let mut capture = Capture::default();
    capture.measurer.event(Event::Problem(&Problem {
        code: "some-problem",
        clause: "RFC 9112 §6.3",
        text: Cow::Borrowed("Something."),
        ..Problem::default()
    }));
    assert_eq!(capture.finish()("problems"), Some(1));
}

#[test]
fn a_host_without_connections_is_forgotten() {
    let mut capture = Capture::default();
    for number in 0..100 {
        capture.handshake(number as u8).close(number);
    }
    assert!(capture.measurer.turns.is_at_rest());
}

#[test]
fn goodbyes_and_the_first_pong_are_told_from_other_frames() {
    let mut capture = Capture::default();
    capture.handshake(1).at(10).frame(Server, 9, 2, 0).at(20).frame(Client, 10, 6, 0);
    capture.at(30).frame(Server, 9, 2, 0).at(40).frame(Client, 10, 6, 0);
    capture.frame(Client, 8, 6, 2).frame(Server, 8, 2, 2).close(0);
    let measures = capture.measurer.finish();
    assert_eq!(measures.named("close_frames"), Ok(Some(2)));
    assert_eq!(measures.named("pings"), Ok(Some(2)));
    assert_eq!(measures.named("time_to_pong"), Ok(Some(20 * MS)));
}

#[test]
fn only_a_receiver_has_no_room_and_neither_a_syn_nor_a_reset_says_so() {
    let mut capture = Capture::default();
    capture.handshake(1).bare(0, Client, ACK).bare(0, Server, RST);
    capture.window = 500;
    capture.bare(0, Client, ACK).close(0);
    let measures = capture.measurer.finish();
    // The ACK of the handshake and the one after it.
    assert_eq!(measures.named("zero_windows"), Ok(Some(2)));
    assert_eq!(measures.named("resets"), Ok(Some(1)));
}
