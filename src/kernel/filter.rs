//! Which packets the kernel hands over at all: a program of the classic Berkeley Packet Filter that it runs on each.
//!
//! Fields are found from the network header on, whose place the kernel knows: the same program suits every kind of interface.

use std::net::IpAddr;

use socket2::SockFilter;

/// Loads into the accumulator: a word, a half word, a byte (`BPF_LD | BPF_ABS`, of size `BPF_W`, `BPF_H`, `BPF_B`).
const WORD: u16 = 0x20;
const HALF: u16 = 0x28;
const BYTE: u16 = 0x30;
/// Loads a half word from so far behind the index (`BPF_LD | BPF_H | BPF_IND`).
const HALF_BEHIND: u16 = 0x48;
/// Loads into the index four times a byte's lower half: an IPv4 header's length (`BPF_LDX | BPF_B | BPF_MSH`).
const HEADER_LENGTH: u16 = 0xb1;
/// Jumps (`BPF_JMP`) always; by whether the accumulator is a number; by whether it has some bits.
const JUMP: u16 = 0x05;
const IS: u16 = 0x15;
const HAS: u16 = 0x45;
/// Ends it, with how many bytes of the packet are handed over (`BPF_RET | BPF_K`).
const RETURN: u16 = 0x06;

/// Where the kernel has what it knows of a packet (`SKF_AD_OFF`), and where the network header is (`SKF_NET_OFF`).
const KNOWN: u32 = 0xffff_f000;
const NETWORK: u32 = 0xfff0_0000;
/// Its protocol, by the `EtherType`, a VLAN's tag aside; whether it comes or goes; the kind of its interface.
const PROTOCOL: u32 = KNOWN;
const DIRECTION: u32 = KNOWN + 4;
const HARDWARE: u32 = KNOWN + 28;
/// It goes out (`PACKET_OUTGOING`); its interface is a loopback (`ARPHRD_LOOPBACK`).
const OUTGOING: u32 = 4;
const LOOPBACK: u32 = 772;

const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
/// The protocols with ports, at the same place in each: TCP, UDP, SCTP.
const WITH_PORTS: [u32; 3] = [6, 17, 132];
/// A fragment, as IPv6 says it.
const FRAGMENT: u32 = 44;

/// What is handed over: what has one of the addresses and one of the ports, if any are given. What an interface of the
/// loopback sends never is: it is received, too.
///
/// A fragment that is not its datagram's first has no ports; it is handed over, so that the datagram can be put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Addresses, at either end.
    pub hosts: Vec<IpAddr>,
    /// Ports, at either end.
    pub ports: Vec<u16>,
    /// Only IP, whatever else there is.
    pub only_ip: bool,
}

impl Filter {
    /// The program.
    pub(super) fn program(&self) -> Vec<SockFilter> {
        self.steps().into_iter().map(|(code, yes, no, k)| SockFilter::new(code, yes, no, k)).collect()
    }

    fn steps(&self) -> Vec<Step> {
        let mut program = Program::default();
        let comes = program.label();
        program.load(HARDWARE);
        program.unless(LOOPBACK, comes);
        program.load(DIRECTION);
        program.when(OUTGOING, Label::Drop);
        program.here(comes);
        if self.hosts.is_empty() && self.ports.is_empty() && !self.only_ip {
            program.jump(Label::Keep);
            return program.finish();
        }
        let [v4, v6] = [program.label(), program.label()];
        program.load(PROTOCOL);
        program.when(IPV4, v4);
        program.when(IPV6, v6);
        program.jump(Label::Drop);
        program.here(v4);
        self.v4(&mut program);
        program.here(v6);
        self.v6(&mut program);
        program.finish()
    }

    fn v4(&self, program: &mut Program) {
        let ports = program.label();
        if !self.hosts.is_empty() {
            for at in [12, 16] {
                program.load(NETWORK + at);
                for host in &self.hosts {
                    if let IpAddr::V4(host) = host {
                        program.when(u32::from(*host), ports);
                    }
                }
            }
            program.jump(Label::Drop);
        }
        program.here(ports);
        if self.ports.is_empty() {
            return program.jump(Label::Keep);
        }
        program.plain(HALF, NETWORK + 6);
        program.test(HAS, 0x1fff, Label::Keep);
        Self::has_ports(program, 9);
        program.plain(HEADER_LENGTH, NETWORK);
        for at in [0, 2] {
            program.plain(HALF_BEHIND, NETWORK + at);
            self.has_one(program);
        }
        program.jump(Label::Drop);
    }

    fn v6(&self, program: &mut Program) {
        let ports = program.label();
        if !self.hosts.is_empty() {
            for host in &self.hosts {
                let IpAddr::V6(host) = host else { continue };
                for start in [8, 24] {
                    let next = program.label();
                    for (at, word) in (start..).step_by(4).zip(host.octets().as_chunks::<4>().0) {
                        program.load(NETWORK + at);
                        program.unless(u32::from_be_bytes(*word), next);
                    }
                    program.jump(ports);
                    program.here(next);
                }
            }
            program.jump(Label::Drop);
        }
        program.here(ports);
        if self.ports.is_empty() {
            return program.jump(Label::Keep);
        }
        program.plain(BYTE, NETWORK + 6);
        program.when(FRAGMENT, Label::Keep);
        Self::has_ports(program, 6);
        for at in [40, 42] {
            program.plain(HALF, NETWORK + at);
            self.has_one(program);
        }
        program.jump(Label::Drop);
    }

    /// Keeps what has one of the ports in the accumulator.
    fn has_one(&self, program: &mut Program) {
        for port in &self.ports {
            program.when((*port).into(), Label::Keep);
        }
    }

    /// Goes on only where the protocol, at this place, has ports.
    fn has_ports(program: &mut Program, at: u32) {
        let on = program.label();
        program.plain(BYTE, NETWORK + at);
        for protocol in WITH_PORTS {
            program.when(protocol, on);
        }
        program.jump(Label::Drop);
        program.here(on);
    }
}

/// An instruction: its code, how many to skip if so and if not, and its number.
type Step = (u16, u8, u8, u32);

/// A place in a program.
#[derive(Clone, Copy)]
enum Label {
    Keep,
    Drop,
    Place(usize),
}

/// A program under construction. A test skips one instruction at the most, a jump: that one may be as far as needed.
#[derive(Default)]
struct Program {
    steps: Vec<Step>,
    /// Where labels are.
    places: Vec<usize>,
    /// Jumps, and to where.
    jumps: Vec<(usize, Label)>,
}

impl Program {
    fn label(&mut self) -> Label {
        self.places.push(0);
        Label::Place(self.places.len() - 1)
    }

    fn here(&mut self, label: Label) {
        if let Label::Place(label) = label
            && let Some(place) = self.places.get_mut(label)
        {
            *place = self.steps.len();
        }
    }

    fn plain(&mut self, code: u16, k: u32) {
        self.steps.push((code, 0, 0, k));
    }

    fn load(&mut self, from: u32) {
        self.plain(WORD, from);
    }

    fn jump(&mut self, to: Label) {
        self.jumps.push((self.steps.len(), to));
        self.plain(JUMP, 0);
    }

    fn test(&mut self, code: u16, k: u32, to: Label) {
        self.steps.push((code, 0, 1, k));
        self.jump(to);
    }

    fn when(&mut self, is: u32, to: Label) {
        self.test(IS, is, to);
    }

    fn unless(&mut self, is: u32, to: Label) {
        self.steps.push((IS, 1, 0, is));
        self.jump(to);
    }

    fn finish(mut self) -> Vec<Step> {
        let keep = self.steps.len();
        self.plain(RETURN, u32::MAX);
        self.plain(RETURN, 0);
        for (at, to) in self.jumps {
            let to = match to {
                Label::Keep => keep,
                Label::Drop => keep + 1,
                Label::Place(label) => self.places.get(label).copied().unwrap_or(keep + 1),
            };
            if let Some(step) = self.steps.get_mut(at) {
                step.3 = (to - at - 1) as u32;
            }
        }
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    use super::*;

    /// What the kernel knows of a packet.
    #[derive(Clone, Copy)]
    struct Known {
        protocol: u32,
        direction: u32,
        hardware: u32,
    }

    /// Runs a program on an IP packet, as the kernel would; where it reads past the end, nothing is handed over.
    fn keeps(filter: &Filter, packet: &[u8], known: Known) -> bool {
        let steps = filter.steps();
        let (mut at, mut accumulator, mut index) = (0, 0, 0);
        let load = |k: u32, size: usize| {
            let start = k.checked_sub(NETWORK)? as usize;
            Some(packet.get(start..start + size)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
        };
        loop {
            let (code, yes, no, k) = steps[at];
            at += 1;
            let loaded = match (code, k) {
                (WORD, PROTOCOL) => Some(known.protocol),
                (WORD, DIRECTION) => Some(known.direction),
                (WORD, HARDWARE) => Some(known.hardware),
                (WORD, _) => load(k, 4),
                (HALF, _) => load(k, 2),
                (BYTE, _) => load(k, 1),
                (HALF_BEHIND, _) => load(k + index, 2),
                (HEADER_LENGTH, _) => {
                    index = (load(k, 1).unwrap() & 15) * 4;
                    Some(accumulator)
                }
                (JUMP, _) => {
                    at += k as usize;
                    Some(accumulator)
                }
                (IS | HAS, _) => {
                    let holds = if code == IS { accumulator == k } else { accumulator & k != 0 };
                    at += usize::from(if holds { yes } else { no });
                    Some(accumulator)
                }
                (RETURN, _) => return k > 0,
                other => panic!("{other:?}"),
            };
            let Some(loaded) = loaded else { return false };
            accumulator = loaded;
        }
    }

    fn v4(from: [u8; 4], to: [u8; 4], ports: (u16, u16)) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(from, to, 64).tcp(ports.0, ports.1, 1, 1).write(&mut packet, b"").unwrap();
        packet
    }

    fn v6(from: [u8; 16], to: [u8; 16], ports: (u16, u16)) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv6(from, to, 64).udp(ports.0, ports.1).write(&mut packet, b"").unwrap();
        packet
    }

    const ETHERNET: Known = Known { protocol: IPV4, direction: 0, hardware: 1 };
    const SIX: Known = Known { protocol: IPV6, ..ETHERNET };

    #[test]
    fn of_a_loopback_only_what_it_receives_is_handed_over() {
        let keeps = |known| keeps(&Filter::default(), &[], known);
        assert!(keeps(ETHERNET));
        assert!(keeps(Known { direction: OUTGOING, ..ETHERNET }));
        assert!(keeps(Known { hardware: LOOPBACK, ..ETHERNET }));
        assert!(!keeps(Known { hardware: LOOPBACK, direction: OUTGOING, ..ETHERNET }));
    }

    #[test]
    fn what_is_not_ip_passes_only_where_nothing_is_asked_for() {
        let arp = Known { protocol: 0x0806, ..ETHERNET };
        assert!(keeps(&Filter::default(), &[], arp));
        assert!(!keeps(&Filter { only_ip: true, ..Filter::default() }, &[], arp));
        assert!(!keeps(&Filter { ports: vec![80], ..Filter::default() }, &[], arp));
    }

    #[test]
    fn a_later_fragment_passes_a_filter_by_port_for_it_has_none() {
        let filter = Filter { ports: vec![80], ..Filter::default() };
        let mut packet = v4([1; 4], [2; 4], (1, 2));
        assert!(!keeps(&filter, &packet, ETHERNET));
        packet[7] = 1;
        assert!(keeps(&filter, &packet, ETHERNET));
    }

    proptest! {
        #[test]
        fn what_is_kept_has_one_of_the_addresses_and_one_of_the_ports(
            hosts in prop::collection::vec((0..3_u8, any::<bool>()), 0..70),
            wanted in prop::collection::vec(0..4_u16, 0..70),
            ends in (0..4_u8, 0..4_u8),
            ports in (0..6_u16, 0..6_u16),
            six in any::<bool>(),
        ) {
            let address = |byte: u8, six: bool| -> IpAddr {
                if six { IpAddr::from([byte; 16]) } else { IpAddr::from([byte; 4]) }
            };
            let filter = Filter {
                hosts: hosts.iter().map(|(byte, six)| address(*byte, *six)).collect(),
                ports: wanted.clone(),
                only_ip: false,
            };
            let has_host = |byte: u8| filter.hosts.contains(&address(byte, six));
            let expected = (filter.hosts.is_empty() || has_host(ends.0) || has_host(ends.1))
                && (wanted.is_empty() || wanted.contains(&ports.0) || wanted.contains(&ports.1));
            let kept = if six {
                keeps(&filter, &v6([ends.0; 16], [ends.1; 16], ports), SIX)
            } else {
                keeps(&filter, &v4([ends.0; 4], [ends.1; 4], ports), ETHERNET)
            };
            prop_assert_eq!(kept, expected);
        }
    }
}
