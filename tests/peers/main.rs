//! Real peers: the servers, clients and browser that people run, traced by `wire101 trace` and checked in layer 7.
//!
//! What a peer does stands in a script of `tests/peers/scenarios/`: it starts servers, waits until they listen, drives them
//! and ends them. What crossed the wire meanwhile is held here against what the peers are known to do, and against tshark.
//! `tests/run` installs the peers; `tests/peers/install` says what they are.
#![cfg(target_os = "linux")]

mod chromium;
mod frameworks;
mod http;
mod pythons_client;
mod records;
mod traced;
#[path = "../common/tshark.rs"]
mod tshark;
mod upgrade;
mod websocket;
