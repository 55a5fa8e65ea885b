use std::sync::atomic::{AtomicBool, Ordering};

use smoltcp::wire::{EthernetFrame, EthernetProtocol, Ipv4Packet, TcpPacket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[path = "../../../tests/common/netem.rs"]
mod netem;

use super::*;
use crate::wire::conversations::{self, HOSTS, pair};
use crate::wire::{Wire, virtual_wire};

const NO_DELAY: Settings = Settings { rtt: Duration::ZERO, loss: 0.0, seed: 1 };

/// Runs a demonstration that succeeds. A test is not its process's first thread, so that this takes root's rights.
fn record<Performance>(demo: impl FnOnce(Network) -> Performance) -> Recording
where
    Performance: Future<Output = Result<(), BoxError>>,
{
    Wire::Loopback.run(&NO_DELAY, &HOSTS, 0, demo).unwrap_or_else(|error| panic!("{error}"))
}

/// The flags of every TCP segment, in order: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
fn flags(recording: &Recording) -> Vec<u8> {
    recording.packets.iter().map(|packet| packet.data[47]).collect()
}

#[test]
fn every_packet_is_captured_once_from_a_frame_of_zeros_with_hosts_by_their_addresses() {
    let recording = record(|network| async move { pair(&network).await.map(|_| ()) });
    // SYN, SYN and ACK, ACK; then each end's FIN, however they fall together.
    assert_eq!(flags(&recording)[..3], [2, 18, 16]);
    let fins = flags(&recording).iter().filter(|flags| *flags & 1 == 1).count();
    assert_eq!(fins, 2);
    for packet in &recording.packets {
        let frame = EthernetFrame::new_checked(&packet.data[..]).unwrap();
        assert_eq!((frame.src_addr().as_bytes(), frame.dst_addr().as_bytes()), (&[0; 6][..], &[0; 6][..]));
        assert_eq!(frame.ethertype(), EthernetProtocol::Ipv4);
        let ip = Ipv4Packet::new_checked(frame.payload()).unwrap();
        assert_eq!(
            [ip.src_addr().octets()[..3].to_vec(), ip.dst_addr().octets()[..3].to_vec()],
            [[10, 0, 0], [10, 0, 0]]
        );
        TcpPacket::new_checked(ip.payload()).unwrap();
    }
    assert!(recording.packets.is_sorted_by_key(|packet| packet.time));
    assert_eq!(recording.hosts[1], ("server".to_owned(), [10, 0, 0, 2].into()));
    assert_eq!(recording.missed, 0);
    assert!(recording.stack.starts_with("Linux "), "{}", recording.stack);
}

#[test]
fn a_wire_is_empty_but_for_its_own_demonstration() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let outside = listener.local_addr().unwrap();
    let recording = record(|_| async move {
        let refused = tokio::net::TcpStream::connect(outside).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        Ok(())
    });
    assert_eq!(flags(&recording), [2, 20]);
}

#[test]
fn aborting_sends_a_reset_and_the_peer_is_told() {
    let recording = record(conversations::abort);
    assert_eq!(flags(&recording), [2, 18, 16, 20]);
}

#[test]
fn dropping_an_end_with_something_unread_resets_the_connection() {
    let demo = |network| conversations::leave_unread(network, Duration::from_millis(20));
    assert_eq!(flags(&record(demo)).last(), Some(&20));
}

#[test]
fn half_closing_lets_the_other_half_go_on() {
    record(conversations::half_close);
}

#[test]
fn a_port_nobody_listens_on_refuses_and_a_host_nobody_knows_is_not_found() {
    record(|network| async move {
        conversations::nobody_there(network.clone()).await?;
        // Its listener is gone, and the port is free again.
        network.listen("server", 80)?;
        Ok(())
    });
}

#[test]
fn ten_megabytes_are_captured_whole_or_it_is_said_how_much_is_not() {
    const SIZE: usize = 10 << 20;
    let recording = record(|network| async move {
        let (mut client, mut server) = pair(&network).await?;
        let sending = tokio::spawn(async move { server.write_all(&vec![7; SIZE]).await });
        assert_eq!(tokio::io::copy(&mut client, &mut tokio::io::sink()).await?, SIZE as u64);
        Ok(sending.await??)
    });
    let accept = Ipv4Packet::new_checked(&recording.packets[1].data[14..]).unwrap();
    let first = TcpPacket::new_checked(accept.payload()).unwrap().seq_number() + 1;
    // A busy machine has TCP send some of it again.
    let mut captured = vec![false; SIZE];
    for packet in &recording.packets[2..] {
        let ip = Ipv4Packet::new_checked(&packet.data[14..]).unwrap();
        let segment = TcpPacket::new_checked(ip.payload()).unwrap();
        let payload = segment.payload().len();
        if payload > 0 {
            let start = segment.seq_number() - first;
            captured[start..start + payload].fill(true);
        }
    }
    let captured = captured.iter().filter(|byte| **byte).count();
    assert!(captured == SIZE || recording.missed > 0, "{captured} bytes, {} packets missed", recording.missed);
}

#[test]
fn who_hangs_is_reported_once_nobody_sleeps_on_purpose() {
    let slept = &AtomicBool::new(false);
    let start = std::time::Instant::now();
    let recording = Wire::Loopback.run(&NO_DELAY, &HOSTS, 0, |network| async move {
        let (mut client, _server) = pair(&network).await?;
        network.sleep(HANGS_AFTER + Duration::from_secs(1)).await;
        slept.store(true, Ordering::Relaxed);
        client.read_u8().await?;
        Ok(())
    });
    let error = recording.unwrap_err().to_string();
    assert!(slept.load(Ordering::Relaxed), "{error}");
    assert!(start.elapsed() < HANGS_AFTER * 3, "{error}");
    assert!(error.contains("client holds a connection to server (10.0.0.1:"), "{error}");
    assert!(error.contains(" to 10.0.0.2:80, ESTABLISHED)"), "{error}");
}

#[test]
fn a_connection_left_open_is_reported() {
    let recording = Wire::Loopback.run(&NO_DELAY, &HOSTS, 0, |network| async move {
        let ends = pair(&network).await?;
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(ends);
        });
        Ok(())
    });
    assert!(matches!(recording, Err(WireError::LeftOpen { .. })), "{recording:?}");
}

#[test]
fn delay_is_what_was_asked_for_and_without_netem_there_is_none_and_it_is_said() {
    let settings = Settings { rtt: Duration::from_millis(30), ..NO_DELAY };
    let demo = |network| async move { pair(&network).await.map(|_| ()) };
    let recording = Wire::Loopback.run(&settings, &HOSTS, 0, demo).unwrap();
    let times: Vec<_> = recording.packets.iter().map(|packet| packet.time).collect();
    let after_syn = |packet: usize| Duration::from_nanos(times[packet].since(times[0]));
    assert_eq!(flags(&recording)[..3], [2, 18, 16]);
    if netem::kernel_has_netem() {
        // From arrival to arrival: SYN and ACK is half a round trip after SYN, and ACK a whole one. Nothing is sooner, and no
        // machine is so busy that it is a hundred times as late.
        let (half, whole, late) = (settings.rtt / 2, settings.rtt, settings.rtt * 100);
        assert!((half..late).contains(&after_syn(1)), "{:?}", after_syn(1));
        assert!((whole..late).contains(&after_syn(2)), "{:?}", after_syn(2));
        assert_eq!(recording.unmet, None);
    } else {
        assert!(after_syn(2) < settings.rtt, "{:?}", after_syn(2));
        let unmet = recording.unmet.expect("there is no delay, and it is said");
        assert!(unmet.contains("it has no netem"), "{unmet}");
    }
}

#[test]
fn hosts_have_the_addresses_that_they_have_on_the_virtual_wire() {
    let nothing = |_| async { Ok(()) };
    let hosts = |wire: Wire| wire.run(&NO_DELAY, &HOSTS, 1, nothing).unwrap_or_else(|error| panic!("{error}")).hosts;
    assert_eq!(hosts(Wire::Loopback), hosts(Wire::Virtual));
    let crowd = vec!["x"; MOST_HOSTS + 1];
    assert!(matches!(Wire::Loopback.run(&NO_DELAY, &crowd, 0, nothing), Err(WireError::TooManyHosts { .. })));
    const { assert!(virtual_wire::MOST_HOSTS <= MOST_HOSTS) };
}
