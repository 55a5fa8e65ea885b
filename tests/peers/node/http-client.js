// A client on Node's own http module: five requests, one after the other, on one connection or on five.
//
//   node http-client.js keep-alive|close
import http from "node:http";

const keepAlive = process.argv[2] === "keep-alive";
const agent = new http.Agent({ keepAlive });

function exchange(method, path, body = []) {
  return new Promise((resolve, reject) => {
    const headers = body.length > 0 ? { "Content-Type": "text/plain" } : {};
    const request = http.request({ host: "127.0.0.1", port: 8080, method, path, agent, headers });
    request.on("error", reject);
    request.on("response", async (response) => {
      let text = "";
      for await (const part of response) text += part;
      console.log(`${method} ${path}: ${response.statusCode}, ${text.length} bytes`);
      resolve();
    });
    // The length is not said beforehand: Node sends chunks.
    for (const part of body) request.write(part);
    request.end();
  });
}

await exchange("GET", "/");
await exchange("HEAD", "/");
await exchange("GET", "/time.json");
await exchange("POST", "/echo", ["Hello, ", "wire!"]);
await exchange("GET", "/missing");
agent.destroy();
