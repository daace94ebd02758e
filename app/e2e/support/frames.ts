/** The websocket protocol as far as a node's reports need it (RFC 6455): text, whole or in pieces. */

import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A message that is complete: a text, or something that only concerns the connection. */
export type Message =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "control"; readonly opcode: number; readonly payload: Buffer };

/** Takes bytes as they come, and gives messages when they are complete. */
export class Reader {
  #bytes = Buffer.alloc(0);
  #pieces: Buffer[] = [];

  push(chunk: Uint8Array): Message[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const message = this.#next();
      if (message === undefined) return messages;
      if (message !== null) messages.push(message);
    }
  }

  /** The next message; `null` for a piece of one, `undefined` when the bytes do not suffice. */
  #next(): Message | null | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const short = second & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const start = 2 + extended + (masked ? 4 : 0);
    if (bytes.length < start) return undefined;
    const long = extended === 8 ? Number(bytes.readBigUInt64BE(2)) : 0;
    const length = extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? long : short;
    if (bytes.length < start + length) return undefined;
    const payload = Buffer.from(bytes.subarray(start, start + length));
    if (masked) {
      const mask = bytes.subarray(start - 4, start);
      for (let at = 0; at < length; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
    }
    this.#bytes = bytes.subarray(start + length);
    const opcode = first & 0x0f;
    if (opcode >= OPCODE.close) return { kind: "control", opcode, payload };
    this.#pieces.push(payload);
    if ((first & 0x80) === 0) return null;
    const text = Buffer.concat(this.#pieces).toString("utf8");
    this.#pieces = [];
    return { kind: "text", text };
  }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.concat([Buffer.of(first, length), payload]);
  if (length < 65_536) {
    return Buffer.concat([Buffer.of(first, 126, length >> 8, length & 0xff), payload]);
  }
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** A message as a server writes it. */
export function written(message: Message): Buffer {
  return message.kind === "text"
    ? frame(OPCODE.text, Buffer.from(message.text, "utf8"))
    : frame(message.opcode, message.payload);
}

/** The server's end of a connection that a browser opened. */
export class Connection {
  readonly #socket: Duplex;
  readonly #reader = new Reader();

  /** Answers the request to open it. `heard` is called with every text. */
  constructor(request: IncomingMessage, socket: Duplex, heard: (text: string) => void) {
    this.#socket = socket;
    const key = request.headers["sec-websocket-key"] ?? "";
    const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Uint8Array) => {
      for (const message of this.#reader.push(chunk)) {
        if (message.kind === "text") heard(message.text);
        else if (message.opcode === OPCODE.ping) {
          socket.write(written({ ...message, opcode: OPCODE.pong }));
        } else if (message.opcode === OPCODE.close) socket.end(written(message));
      }
    });
  }

  send(text: string): void {
    if (this.#socket.writable) this.#socket.write(written({ kind: "text", text }));
  }

  close(): void {
    this.#socket.destroy();
  }
}
