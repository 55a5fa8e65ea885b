//! Whether the kernel has netem, which delays packets, asked without any of the code under test.

use std::process::Command;

/// Asks for netem on the loopback of a network of its own, with no delay: a `tcmsg` and a `tc_netem_qopt` by rtnetlink. Exits with
/// the number of the error that the kernel answers with.
const ASK: &str = r#"
import socket, struct, sys
def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
asked = struct.pack("BxxxiIII", 0, socket.if_nametoindex("lo"), 0, 0xffffffff, 0)
asked += attribute(1, b"netem\0") + attribute(2, struct.pack("6I", 0, 1000, 0, 0, 0, 0))
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
netlink.send(struct.pack("IHHII", 16 + len(asked), 36, 0x605, 1, 0) + asked)
sys.exit(-struct.unpack_from("i", netlink.recv(4096), 16)[0])
"#;

/// The error of a kernel that has no such kind.
const ENOENT: i32 = 2;

/// Whether this kernel has netem.
pub fn kernel_has_netem() -> bool {
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "python3", "-c", ASK])
        .output()
        .expect("util-linux's unshare runs");
    match output.status.code() {
        Some(0) => true,
        Some(ENOENT) => false,
        _ => panic!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)),
    }
}
