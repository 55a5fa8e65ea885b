//! Whoever asks a server for something, over real TCP: one HTTP exchange after the other, or a WebSocket.
