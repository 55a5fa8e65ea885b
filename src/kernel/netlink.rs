//! Asks the kernel to set up its interfaces, through rtnetlink: makes one, brings it up, gives it an address and a route, and
//! makes it delay and lose packets. Knows messages and attributes, not what they're for.

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

/// The parent of the queueing discipline that everything an interface sends goes through (`TC_H_ROOT`).
const ROOT: u32 = u32::MAX;

/// The attribute of an interface that says how many segments it takes as one (Linux 4.16).
const IFLA_GSO_MAX_SEGS: u16 = 40;

/// The attribute of netem's options that holds the delay in nanoseconds (`TCA_NETEM_LATENCY64`, Linux 4.15).
const NETEM_LATENCY64: u16 = 10;

/// The attribute of a veth that describes its other end.
const VETH_INFO_PEER: u16 = 1;

/// How many packets netem may hold at once. Its default, 1000, is too few for a fast sender on a slow line.
const NETEM_LIMIT: u32 = 100_000;

/// A connection to the kernel, for the network namespace in which it was opened.
pub struct Netlink(OwnedFd);

impl Netlink {
    /// Opens a connection. A request that fails returns the kernel's error.
    ///
    /// # Errors
    ///
    /// Those of the system calls.
    pub fn open() -> nix::Result<Self> {
        let socket = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, 0))?;
        Ok(Self(socket))
    }

    /// Brings an interface up, for packets of at most that many bytes, or of its default size.
    pub fn bring_up(&self, interface: u32, mtu: Option<u32>) -> nix::Result<()> {
        let mut message = Request::link(interface, libc::IFF_UP.cast_unsigned());
        if let Some(mtu) = mtu {
            message.attribute(libc::IFLA_MTU, &mtu.to_ne_bytes());
        }
        self.ask(message)
    }

    /// Makes TCP hand an interface one segment at a time, instead of many at once for the network card to divide (offload).
    pub fn send_one_by_one(&self, interface: u32) -> nix::Result<()> {
        let mut message = Request::link(interface, 0);
        message.attribute(IFLA_GSO_MAX_SEGS, &1_u32.to_ne_bytes());
        self.ask(message)
    }

    /// Gives an interface an address of its own, with nothing else on its network.
    pub fn add_address(&self, interface: u32, address: IpAddr) -> nix::Result<()> {
        let mut message = Request::new(libc::RTM_NEWADDR, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let (family, octets) = family(address);
        // struct ifaddrmsg: family, prefix length, flags, scope, index. Nobody else can have the address, so the kernel needn't
        // look for duplicates.
        message.bytes(&[family, octets.len() as u8 * 8, libc::IFA_F_NODAD as u8, libc::RT_SCOPE_UNIVERSE]);
        message.u32(interface).attribute(libc::IFA_LOCAL, &octets);
        self.ask(message)
    }

    /// Makes two interfaces with these names, one at each end of a cable (veth). Not every kernel can: `EOPNOTSUPP`.
    pub fn add_cable(&self, one: &str, other: &str) -> nix::Result<()> {
        let mut message = Request::new(libc::RTM_NEWLINK, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let named = |message: &mut Request, name: &str| {
            // struct ifinfomsg, with nothing set but the flag that neither end has to ask for the other's hardware address.
            let flags = libc::IFF_NOARP.cast_unsigned();
            message.u32(0).u32(0).u32(flags).u32(flags);
            message.attribute(libc::IFLA_IFNAME, &[name.as_bytes(), b"\0"].concat());
        };
        named(&mut message, one);
        let (mut peer, mut data, mut kind) = (Request::default(), Request::default(), Request::default());
        named(&mut peer, other);
        data.attribute(VETH_INFO_PEER, &peer.0);
        kind.attribute(libc::IFLA_INFO_KIND, b"veth");
        kind.attribute(libc::IFLA_INFO_DATA, &data.0);
        message.attribute(libc::IFLA_LINKINFO, &kind.0);
        self.ask(message)
    }

    /// Makes an interface the default route. What's sent there comes from this address, which is the interface's own.
    pub fn add_default_route(&self, interface: u32, from: IpAddr) -> nix::Result<()> {
        let mut message = Request::new(libc::RTM_NEWROUTE, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        let (family, octets) = family(from);
        // struct rtmsg: family, prefix lengths of the destination and the source, type of service, table, protocol (who made
        // it), scope, type, flags.
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

    /// Makes an interface delay every packet, and lose a percentage of them, 0 to 100.
    ///
    /// This takes netem, which not every kernel has: `ENOENT`.
    pub fn impair(&self, interface: u32, delay: Duration, loss: f64) -> nix::Result<()> {
        let mut message = Request::new(libc::RTM_NEWQDISC, libc::NLM_F_CREATE | libc::NLM_F_EXCL);
        // struct tcmsg: family and padding, index, handle 1:0, parent, information.
        message.u32(0).u32(interface).u32(1 << 16).u32(ROOT).u32(0);
        message.attribute(libc::TCA_KIND, b"netem\0");
        let loss = (loss / 100.0 * f64::from(u32::MAX)) as u32;
        let nanoseconds = i64::try_from(delay.as_nanos()).unwrap_or(i64::MAX);
        // struct tc_netem_qopt: latency in ticks (overridden by the attribute that follows), limit, loss, gap, duplicates, jitter.
        let mut options = Request::default();
        options.u32(0).u32(NETEM_LIMIT).u32(loss).u32(0).u32(0).u32(0);
        options.attribute(NETEM_LATENCY64, &nanoseconds.to_ne_bytes());
        message.attribute(libc::TCA_OPTIONS, &options.0);
        self.ask(message)
    }

    /// Sends a request, and waits for the kernel's answer.
    fn ask(&self, message: Request) -> nix::Result<()> {
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

/// The error number in an answer: negative, or 0 if the request succeeded.
fn error_of(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let error = i32::from_ne_bytes(answer.get(HEADER..HEADER + 4)?.try_into().ok()?);
    (i32::from(kind) == libc::NLMSG_ERROR).then_some(error)
}

/// A request that is being written. All numbers are in the machine's byte order.
#[derive(Default)]
struct Request(Vec<u8>);

impl Request {
    fn new(kind: u16, flags: libc::c_int) -> Self {
        let flags = (libc::NLM_F_REQUEST | libc::NLM_F_ACK | flags) as u16;
        let mut message = Self::default();
        // struct nlmsghdr: length (known at the end), type, flags, sequence number, port.
        message.u32(0).bytes(&kind.to_ne_bytes()).bytes(&flags.to_ne_bytes()).u32(1).u32(0);
        message
    }

    /// A request that sets flags of an interface.
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

    /// Adds an attribute: length and type, the value, and padding to four bytes, which isn't counted in the length.
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
        let mut message = Request::new(libc::RTM_NEWQDISC, libc::NLM_F_CREATE);
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
