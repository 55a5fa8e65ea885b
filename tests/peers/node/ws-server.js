// An echo server with ws: what comes is sent back.
//
//   node ws-server.js [--deflate]
import { WebSocketServer } from "ws";

const perMessageDeflate = process.argv.includes("--deflate");
const server = new WebSocketServer({ host: "127.0.0.1", port: 8080, perMessageDeflate });

server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
