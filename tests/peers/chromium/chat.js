// What a page does to chat: one fetch, one WebSocket. browser.js calls these functions as a visitor would press buttons.

const visitor = location.hash.slice(1);

async function notes() {
  const response = await fetch("/api/notes");
  return response.json();
}

const socket = new WebSocket(`ws://${location.host}/chat?name=${visitor}`);
const opened = new Promise((resolve, reject) => {
  socket.onopen = () => resolve("open");
  socket.onerror = () => reject(new Error("the WebSocket could not be opened"));
});

const heard = [];
let wake = () => {};
socket.onmessage = (event) => {
  heard.push(event.data);
  wake();
};

function say(text) {
  socket.send(text);
}

// The first message that has the text in it, however long it takes to come.
async function hear(text) {
  while (!heard.some((message) => message.includes(text))) {
    await new Promise((resolve) => (wake = resolve));
  }
  return heard.find((message) => message.includes(text));
}

function leave() {
  const closed = new Promise((resolve) => (socket.onclose = (event) => resolve(`${event.code} ${event.reason}`)));
  socket.close(1000, "done");
  return closed;
}
