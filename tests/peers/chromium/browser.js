// Two visitors of a chat, in two tabs of one headless Chromium. The first leaves by a button, the second closes the tab.
//
//   node browser.js BASE [FILE]
//
// What the developer tools' network panel is told goes to FILE, a JSON object a line.
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [base, file] = process.argv.slice(2);
const script = readFileSync(new URL("chat.js", import.meta.url), "utf8");
const profile = mkdtempSync(join(tmpdir(), "chromium-"));

const quiet = ["first-run", "default-browser-check", "pings"].map((what) => `--no-${what}`);
const without = ["gpu", "quic", "background-networking", "component-update", "sync", "extensions", "default-apps"];
const chromium = spawn(
  process.env.CHROMIUM ?? "chromium",
  [
    "--headless",
    "--no-sandbox",
    ...quiet,
    ...without.map((what) => `--disable-${what}`),
    `--user-data-dir=${profile}`,
    "--remote-debugging-pipe",
  ],
  // It is spoken to by descriptor 3, and answers by 4: JSON, a zero byte after each.
  { stdio: ["ignore", "ignore", process.env.CHROMIUM_ERRORS ? "inherit" : "ignore", "pipe", "pipe"] },
);
const ended = new Promise((resolve) => chromium.on("exit", resolve));
chromium.on("error", (error) => fail(`Chromium cannot be started: ${error.message}`));
ended.then(() => waiting.size > 0 && fail("Chromium ended too early"));

function fail(message) {
  console.error(`browser.js: ${message}`);
  process.exit(1);
}

const waiting = new Map();
let last = 0;

function call(method, params = {}, sessionId) {
  const id = ++last;
  chromium.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((resolve) => waiting.set(id, resolve));
}

function receive({ id, method, params, result, error }) {
  if (error) fail(JSON.stringify(error));
  if (id) {
    waiting.get(id)(result);
    waiting.delete(id);
  } else if (file && method.startsWith("Network.")) {
    appendFileSync(file, JSON.stringify({ method, params }) + "\n");
  }
}

let received = "";
chromium.stdio[4].setEncoding("utf8").on("data", (data) => {
  const messages = (received + data).split("\0");
  received = messages.pop();
  messages.forEach((message) => receive(JSON.parse(message)));
});

// Opens a tab for a visitor. What it returns runs an expression there, and waits for what that promises.
async function tab(visitor) {
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const run = async (expression) => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await call("Runtime.evaluate", params, sessionId);
    if (exceptionDetails) fail(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  await call("Network.enable", {}, sessionId);
  await call("Page.enable", {}, sessionId);
  await call("Page.navigate", { url: `${base}#${visitor}` }, sessionId);
  await run("new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))");
  // A server with a page of its own does not know chat.js.
  if ((await run("typeof hear")) === "undefined") await run(script);
  await run("opened");
  return { run, close: () => call("Target.closeTarget", { targetId }) };
}

const ann = await tab("Ann");
console.log("Ann fetches", await ann.run("notes().then(JSON.stringify)"));
const bob = await tab("Bob");
await ann.run("say('Hello, Bob!')");
console.log("Bob hears", await bob.run("hear('Hello, Bob!')"));
await bob.run("say('Hello, Ann!')");
console.log("Ann hears", await ann.run("hear('Hello, Ann!')"));
console.log("Ann leaves:", await ann.run("leave()"));
await bob.close();
call("Browser.close");
await ended;
rmSync(profile, { recursive: true, force: true });
