//! What is asked of the kernel about its interfaces, by rtnetlink: to make one, to bring it up, to give it an address and a
//! route, to have it delay and lose packets. Knows messages and attributes, not what they are for.

use std::net::IpAddr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, send, socket,
};

/// The length of `struct nlmsghdr`, in bytes.
const HEADER: usize = 16;

/// The parent of what an interface sends everything through (`TC_H_ROOT`).
const ROOT: u32 = u32::MAX;

/// The attribute of an interface that says how many segments it takes as one (Linux 4.16).
const IFLA_GSO_MAX_SEGS: u16 = 40;

/// The attribute of netem's options that holds the delay in nanoseconds (`TCA_NETEM_LATENCY64`, Linux 4.15).
const NETEM_LATENCY64: u16 = 10;

/// The attribute of a veth that describes its other end.
const VETH_INFO_PEER: u16 = 1;

/// How many packets may be under way at once; netem's own limit, 1000, is less than a fast sender has on a slow line.
const NETEM_LIMIT: u32 = 100_000;

/// A line to the kernel of the network namespace in which it was opened.
pub struct Netlink(OwnedFd);

impl Netlink {
    /// Opens a line. All that is asked through it fails with the error that the kernel answers.
    ///
    /// # Errors
    ///
    /// As the system calls have it.
    pub fn open() -> nix::Result<Self> {
        let socket = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, 0))?;
        Ok(Self(socket))
    }

    /// Brings an interface up, for packets of at most so many bytes; else, of as many as it takes by itself.
    pub fn bring_up(&self, interface: u32, mtu: Option<u32>) -> nix::Result<()> {
        let mut message = Message::link(interface, libc::IFF_UP.cast_unsigned());
        if let Some(mtu) = mtu {
            message.attribute(libc::IFLA_MTU, &mtu.to_ne_bytes());
        }
        self.ask(message)
    }

    /// Has TCP hand an interface one segment at a time, not many as one for the network card to divide (offload).
    pub fn send_one_by_one(&self, interface: u32) -> nix::Result<()> {
        let mut message = Message::link(interface, 0);
        message.attribute(IFLA_GSO_MAX_SEGS, &1_u32.to_ne_bytes());
        self.ask(message)
    }

    /// Gives an interface an address of its own, with nothing else on its network.
    pub fn add_address(&self, interface: u32, address: IpAddr) -> nix::Result<()> {
        let mut message = Message::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let (family, octets) = family(address);
        // struct ifaddrmsg: family, prefix length, flags, scope, index. Nobody else has it: there is nothing to detect.
        message.bytes(&[family, octets.len() as u8 * 8, libc::IFA_F_NODAD as u8, libc::RT_SCOPE_UNIVERSE]);
        message.u32(interface).attribute(libc::IFA_LOCAL, &octets);
        self.ask(message)
    }

    /// Makes two interfaces of these names, at either end of a cable (veth). Not every kernel can: `EOPNOTSUPP`.
    pub fn add_cable(&self, one: &str, other: &str) -> nix::Result<()> {
        let mut message = Message::new(libc::RTM_NEWLINK, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let named = |message: &mut Message, name: &str| {
            // struct ifinfomsg, all of it open; nobody has to ask for the other's hardware address.
            let flags = libc::IFF_NOARP.cast_unsigned();
            message.u32(0).u32(0).u32(flags).u32(flags);
            message.attribute(libc::IFLA_IFNAME, &[name.as_bytes(), b"\0"].concat());
        };
        named(&mut message, one);
        let (mut peer, mut data, mut kind) = (Message::default(), Message::default(), Message::default());
        named(&mut peer, other);
        data.attribute(VETH_INFO_PEER, &peer.0);
        kind.attribute(libc::IFLA_INFO_KIND, b"veth");
        kind.attribute(libc::IFLA_INFO_DATA, &data.0);
        message.attribute(libc::IFLA_LINKINFO, &kind.0);
        self.ask(message)
    }

    /// Sends through an interface whatever has no other way, from this address, which is the interface's.
    pub fn add_default_route(&self, interface: u32, from: IpAddr) -> nix::Result<()> {
        let mut message = Message::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let (family, octets) = family(from);
        // struct rtmsg: family, length of the destination's prefix and the source's, type of service, table, who made it,
        // scope, type, and flags.
        message.bytes(&[
            family,
            0,
            0,
            0,
            libc::RT_TABLE_MAIN,
            libc::RTPROT_BOOT,
            libc::RT_SCOPE_UNIVERSE,
            libc::RTN_UNICAST,
        ]);
        message.u32(0);
        message.attribute(libc::RTA_OIF, &interface.to_ne_bytes());
        message.attribute(libc::RTA_PREFSRC, &octets);
        self.ask(message)
    }

    /// Has an interface hold back every packet for some time, and lose some: a percentage, 0 to 100.
    ///
    /// It is netem that does it, which not every kernel has: `ENOENT`.
    pub fn impair(&self, interface: u32, delay: Duration, loss: f64) -> nix::Result<()> {
        let mut message = Message::new(libc::RTM_NEWQDISC, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        // struct tcmsg: family and padding, index, handle 1:0, parent, information.
        message.u32(0).u32(interface).u32(1 << 16).u32(ROOT).u32(0);
        message.attribute(libc::TCA_KIND, b"netem\0");
        let loss = (loss / 100.0 * f64::from(u32::MAX)) as u32;
        let nanoseconds = i64::try_from(delay.as_nanos()).unwrap_or(i64::MAX);
        // struct tc_netem_qopt: latency in ticks (the attribute after it overrides), limit, loss, gap, duplicates, jitter.
        let mut options = Message::default();
        options.u32(0).u32(NETEM_LIMIT).u32(loss).u32(0).u32(0).u32(0);
        options.attribute(NETEM_LATENCY64, &nanoseconds.to_ne_bytes());
        message.attribute(libc::TCA_OPTIONS, &options.0);
        self.ask(message)
    }

    /// Sends a request, and waits for the kernel's answer.
    fn ask(&self, message: Message) -> nix::Result<()> {
        send(self.0.as_raw_fd(), &message.finish(), MsgFlags::empty())?;
        let mut answer = [0; 4096];
        let length = recv(self.0.as_raw_fd(), &mut answer, MsgFlags::empty())?;
        match error_of(answer.get(..length).unwrap_or_default()) {
            Some(0) => Ok(()),
            Some(error) => Err(Errno::from_raw(error.saturating_neg())),
            None => Err(Errno::EPROTO),
        }
    }
}

/// An address's family, and its bytes.
fn family(address: IpAddr) -> (u8, Vec<u8>) {
    match address {
        IpAddr::V4(address) => (libc::AF_INET as u8, address.octets().to_vec()),
        IpAddr::V6(address) => (libc::AF_INET6 as u8, address.octets().to_vec()),
    }
}

/// The error number in an answer, negative; 0 where there was none.
fn error_of(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let error = i32::from_ne_bytes(answer.get(HEADER..HEADER + 4)?.try_into().ok()?);
    (i32::from(kind) == libc::NLMSG_ERROR).then_some(error)
}

/// A message under construction. All numbers are in the machine's own byte order.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn new(kind: u16, flags: libc::c_int) -> Self {
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK | flags) as u16;
        let mut message = Self::default();
        // struct nlmsghdr: length (known at the end), type, flags, sequence number, port.
        message.u32(0).bytes(&kind.to_ne_bytes()).bytes(&flags.to_ne_bytes()).u32(1).u32(0);
        message
    }

    /// What changes an interface: it sets these flags.
    fn link(interface: u32, flags: u32) -> Self {
        let mut message = Self::new(libc::RTM_NEWLINK, 0);
        // struct ifinfomsg: family and type of any kind, index, flags, and which of them change.
        message.u32(0).u32(interface).u32(flags).u32(flags);
        message
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_ne_bytes())
    }

    /// An attribute: length and type, the value, and padding to four bytes, which the length does not count.
    fn attribute(&mut self, kind: u16, value: &[u8]) {
        let length = 4 + value.len() as u16;
        self.bytes(&length.to_ne_bytes()).bytes(&kind.to_ne_bytes()).bytes(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    fn finish(mut self) -> Vec<u8> {
        let length = (self.0.len() as u32).to_ne_bytes();
        if let Some(field) = self.0.first_chunk_mut() {
            *field = length;
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_how_long_it_is_and_its_attributes_are_padded() {
        let mut message = Message::new(libc::RTM_NEWQDISC, libc::NLM_F_CREATE);
        message.attribute(libc::TCA_KIND, b"netem\0");
        let message = message.finish();
        assert_eq!(message.len(), HEADER + 12);
        assert_eq!(message[..4], 28_u32.to_ne_bytes());
        // The attribute's length is that of its value and its own four bytes; two of padding follow.
        assert_eq!(message[HEADER..HEADER + 2], 10_u16.to_ne_bytes());
        assert_eq!(message[HEADER + 4..], *b"netem\0\0\0");
    }

    #[test]
    fn an_answer_that_is_none_or_is_cut_has_no_error_in_it() {
        let mut answer = vec![0; HEADER];
        answer[4..6].copy_from_slice(&(libc::NLMSG_ERROR as u16).to_ne_bytes());
        assert_eq!(error_of(&answer), None);
        answer.extend((-2_i32).to_ne_bytes());
        assert_eq!(error_of(&answer), Some(-2));
        answer[4] ^= 1;
        assert_eq!(error_of(&answer), None);
        assert_eq!(error_of(&[]), None);
    }
}
