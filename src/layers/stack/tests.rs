//! One TCP segment, found again behind every link layer and tunnel.
