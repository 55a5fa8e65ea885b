// A server on Node's own http module: a page, JSON, a body sent back as it comes, and nothing else.
import http from "node:http";

const page = "<!doctype html>\n<title>Node</title>\n<h1>Hello, wire!</h1>\n";

const server = http.createServer((request, response) => {
  if (request.url === "/") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Length", Buffer.byteLength(page));
    // To a HEAD request Node sends no body, whatever is given here.
    response.end(page);
  } else if (request.url === "/time.json") {
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Set-Cookie", "visited=yes; Path=/; HttpOnly");
    response.end(JSON.stringify({ seconds: 42 }));
  } else if (request.url === "/echo") {
    response.setHeader("Content-Type", request.headers["content-type"] ?? "application/octet-stream");
    request.pipe(response); // Its length is not known: Node sends chunks.
  } else {
    response.statusCode = 404;
    response.end("Nothing here\n");
  }
});

server.listen(8080, "127.0.0.1");
