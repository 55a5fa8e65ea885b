//! What the tests of both wires have their hosts do: the same TCP is expected from each wire.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{BoxError, Connection, Network};

/// Who is on the wire.
pub(super) const HOSTS: [&str; 2] = ["client", "server"];

/// Both ends of a new connection.
pub(super) async fn pair(network: &Network) -> Result<(Connection, Connection), BoxError> {
    let mut listener = network.listen("server", 80)?;
    let (client, server) = tokio::join!(network.connect("client", "server", 80), listener.accept());
    Ok((client?, server?))
}

/// The client aborts, and the server is told.
pub(super) async fn abort(network: Network) -> Result<(), BoxError> {
    let (client, mut server) = pair(&network).await?;
    client.abort();
    let error = server.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    Ok(())
}

/// The server goes without having read what arrived; that takes no longer than `delay`.
pub(super) async fn leave_unread(network: Network, delay: Duration) -> Result<(), BoxError> {
    let (mut client, server) = pair(&network).await?;
    client.write_all(b"never read").await?;
    network.sleep(delay).await;
    drop(server);
    assert!(client.read_u8().await.is_err());
    Ok(())
}

/// The client says that it has nothing more to say, and the server goes on.
pub(super) async fn half_close(network: Network) -> Result<(), BoxError> {
    let (mut client, mut server) = pair(&network).await?;
    client.shutdown().await?;
    let mut received = Vec::new();
    server.read_to_end(&mut received).await?;
    server.write_all(b"still here").await?;
    drop(server);
    client.read_to_end(&mut received).await?;
    assert_eq!(received, b"still here");
    assert_eq!(client.write(b"no more").await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    Ok(())
}

/// Nobody listens on a port, nobody has a name, and no port has two listeners.
pub(super) async fn nobody_there(network: Network) -> Result<(), BoxError> {
    let kind = async |to, port| network.connect("client", to, port).await.err().map(|error| error.kind());
    assert_eq!(kind("server", 81).await, Some(io::ErrorKind::ConnectionRefused));
    assert_eq!(kind("nobody", 80).await, Some(io::ErrorKind::NotFound));
    let _listener = network.listen("server", 80)?;
    assert_eq!(network.listen("server", 80).err().map(|error| error.kind()), Some(io::ErrorKind::AddrInUse));
    Ok(())
}
