// A client with ws: a short text, a long one, four bytes and a ping, each sent when the one before has been answered; then close.
//
//   node ws-client.js URL [--no-deflate]
import { WebSocket } from "ws";

const [url, ...options] = process.argv.slice(2);
const socket = new WebSocket(url, { perMessageDeflate: !options.includes("--no-deflate") });

const steps = [
  () => socket.send("Hello, wire!"),
  () => socket.send("Hello, wire! ".repeat(200)),
  () => socket.send(Buffer.from([0xde, 0xad, 0xbe, 0xef])),
  () => socket.ping("are you there?"),
  () => socket.close(1000, "done"),
];
const next = () => steps.shift()();

socket.on("open", next);
socket.on("message", next);
socket.on("pong", next);
socket.on("close", (code, reason) => {
  console.log(`closed with ${code} ${reason}`);
  process.exitCode = steps.length === 0 && code === 1000 ? 0 : 1;
});
