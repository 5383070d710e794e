// Talking to the server. Errors arrive as one readable line.
import { say } from "/speech.js";

const SIGN_IN = "/signin";

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(say("offline"), 0);
  }
  if (response.ok) return response;
  if (response.status === 401) location.assign(SIGN_IN);
  const body = await response.json().catch(() => null);
  throw new Refused(body?.error?.message ?? `HTTP ${response.status}`, response.status);
}

export async function getJSON(path) {
  return (await request(path)).json();
}

export async function postJSON(path, value) {
  return request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
}

// A path of the corpus as a part of an address.
export function encoded(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

// The events of an answer as [name, data], as they come.
export async function* events(question, history, signal) {
  const response = await request("/api/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question, history, stream: true }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (waiting + value).split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const [name, data] = part.split("\n").map((line) => line.replace(/^\w+: /, ""));
      yield [name, JSON.parse(data)];
    }
  }
}
