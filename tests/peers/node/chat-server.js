// A chat with ws: what one says, all others hear. Each is pinged when it comes. Its page is at /, and asks for notes, too.
import { readFileSync } from "node:fs";
import http from "node:http";
import { WebSocket, WebSocketServer } from "ws";

const folder = new URL("../chromium/", import.meta.url);
const page = readFileSync(new URL("chat.html", folder));
const script = readFileSync(new URL("chat.js", folder));

const server = http.createServer((request, response) => {
  if (request.url === "/") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page);
  } else if (request.url === "/chat.js") {
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    response.end(script);
  } else if (request.url === "/api/notes") {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify([]));
  } else {
    response.statusCode = 404;
    response.end();
  }
});

const chat = new WebSocketServer({ server, path: "/chat" });

chat.on("connection", (socket) => {
  socket.ping("are you there?");
  socket.on("message", (data, isBinary) => {
    for (const other of chat.clients) {
      if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data, { binary: isBinary });
    }
  });
});

server.listen(8080, "127.0.0.1");
