use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::wire::conversations::{self, HOSTS, pair};
use crate::wire::seeded::{Purpose, Seeded};

/// The flags of every TCP segment, in order: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
fn flags(recording: &Recording) -> Vec<u8> {
    recording.packets.iter().filter(|packet| packet.data[12..14] == [8, 0]).map(|packet| packet.data[47]).collect()
}

#[test]
fn the_first_syn_is_stamped_with_the_epoch_and_arp_comes_before_it() {
    let recording = run(&Settings::default(), &HOSTS, 1, |network| async move { pair(&network).await.map(|_| ()) });
    let packets = recording.unwrap().packets;
    let offset = |number: usize| packets[number].time.0.cast_signed() - 1_700_000_000_000_000_000;
    assert_eq!([0, 1, 2, 3].map(offset), [-80_000_000, -40_000_000, 0, 40_000_000]);
    assert_eq!(packets[0].data[12..14], [8, 6]);
    assert_eq!(packets[2].data[..14], [2, 0, 0, 0, 1, 2, 2, 0, 0, 0, 1, 1, 8, 0]);
    assert_eq!(packets[2].data[26..36], [10, 0, 1, 1, 10, 0, 1, 2, 0xc0, 0]);
    assert!(packets.iter().all(|packet| packet.interface == 1));
}

#[test]
fn aborting_sends_a_reset_and_the_peer_is_told() {
    let recording = run(&Settings::default(), &HOSTS, 0, conversations::abort).unwrap();
    assert_eq!(flags(&recording), [2, 18, 16, 20]);
}

#[test]
fn dropping_an_end_with_something_unread_resets_the_connection() {
    let demo = |network| conversations::leave_unread(network, Duration::from_secs(1));
    assert_eq!(flags(&run(&Settings::default(), &HOSTS, 0, demo).unwrap()).last(), Some(&20));
}

#[test]
fn half_closing_lets_the_other_half_go_on() {
    run(&Settings::default(), &HOSTS, 0, conversations::half_close).unwrap();
}

#[test]
fn a_port_nobody_listens_on_refuses_and_a_host_nobody_knows_is_not_found() {
    run(&Settings::default(), &HOSTS, 0, conversations::nobody_there).unwrap();
}

#[test]
fn many_clients_at_once_are_all_accepted() {
    let hosts = ["server", "one", "two", "three", "four", "five", "six", "seven", "eight"];
    let recording = run(&Settings::default(), &hosts, 0, |network| async move {
        let mut listener = network.listen("server", 80)?;
        let clients: Vec<_> = hosts[1..]
            .iter()
            .map(|&host| {
                let network = network.clone();
                tokio::spawn(async move { network.connect(host, "server", 80).await?.read_u8().await })
            })
            .collect();
        for number in 0..8 {
            listener.accept().await?.write_u8(number).await?;
        }
        for client in clients {
            client.await??;
        }
        Ok(())
    });
    recording.unwrap();
}

#[test]
fn a_demonstration_that_hangs_is_reported_with_who_waited_for_what() {
    let recording = run(&Settings::default(), &HOSTS, 0, |network| async move {
        let (mut client, _server) = pair(&network).await?;
        client.read_u8().await?;
        Ok(())
    });
    let error = recording.unwrap_err().to_string();
    assert!(
        error.contains("after 3600 s; client waits to read (10.0.0.1:49152 to 10.0.0.2:80, ESTABLISHED)"),
        "{error}"
    );
}

#[test]
fn on_a_wire_that_loses_everything_connecting_never_ends() {
    let lossy = Settings { loss: 100.0, ..Settings::default() };
    let error =
        run(&lossy, &HOSTS, 0, |network| async move { pair(&network).await.map(|_| ()) }).unwrap_err().to_string();
    assert!(error.contains("client waits to connect (10.0.0.1:49152 to 10.0.0.2:80, SYN-SENT)"), "{error}");
    assert!(error.contains("server waits to accept on port 80"), "{error}");
}

#[test]
fn a_connection_left_open_is_reported() {
    let recording = run(&Settings::default(), &HOSTS, 0, |network| async move {
        let ends = pair(&network).await?;
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(ends);
        });
        Ok(())
    });
    assert!(matches!(recording, Err(WireError::LeftOpen { .. })));
}

#[test]
fn a_loss_that_is_no_percentage_and_a_crowd_are_refused() {
    let nothing = |_| async { Ok(()) };
    let settings = Settings { loss: f64::NAN, ..Settings::default() };
    assert!(matches!(run(&settings, &HOSTS, 0, nothing), Err(WireError::Loss(_))));
    assert!(matches!(run(&Settings::default(), &["x"; 10], 0, nothing), Err(WireError::TooManyHosts { .. })));
}

#[test]
fn two_hundred_kilobytes_with_no_loss_are_each_sent_once() {
    let recording = transfer(&Settings::default());
    let payload: usize = recording
        .packets
        .iter()
        .filter(|packet| packet.data[12..14] == [8, 0])
        .map(|packet| packet.data.len() - 34 - usize::from(packet.data[46] >> 4) * 4)
        .sum();
    assert_eq!(payload, SIZE);
}

const SIZE: usize = 200_000;

fn transfer(settings: &Settings) -> Recording {
    let mut random = Seeded::new(settings.seed, 0, Purpose::Program(0));
    let sent: Vec<u8> = std::iter::repeat_with(|| random.bytes::<8>()).flatten().take(SIZE).collect();
    let recording = run(settings, &HOSTS, 0, |network| async move {
        let (mut client, mut server) = pair(&network).await?;
        let mut received = Vec::new();
        let sending = async {
            server.write_all(&sent).await?;
            server.shutdown().await
        };
        let (written, read) = tokio::join!(sending, client.read_to_end(&mut received));
        written?;
        read?;
        assert!(received == sent);
        Ok(())
    });
    recording.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn two_hundred_kilobytes_arrive_whole_whatever_is_lost(seed in any::<u64>(), loss in 0.0..20.0_f64) {
        transfer(&Settings { loss, seed, ..Settings::default() });
    }
}
