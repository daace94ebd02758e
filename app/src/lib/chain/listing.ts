/**
 * Lists of accounts, read as they arrive. A treasury has up to some ten thousand streams, which are one answer
 * of many megabytes: parsed in one piece it holds the page up for most of a second. Here it is cut into its
 * accounts while it is still on its way, and parsed a few at a time. What an account is worth believing is
 * the client's business as before.
 */

import {
  type GetProgramAccountsApi,
  type Rpc,
  SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR,
  SolanaError,
  createJsonRpcApi,
  createRpc,
  getSolanaErrorFromJsonRpcError,
} from "@solana/kit";

import { isObject } from "../json";
import { Turns } from "../turns";

/** A node of which lists are asked, with the answers of `fetch` read in turns. */
export function listingRpc(url: string): Rpc<GetProgramAccountsApi> {
  const api = createJsonRpcApi<GetProgramAccountsApi>({
    // The largest of these numbers is an offset in an account.
    requestTransformer: (request) => ({ ...request, params: plain(request.params) }),
  });
  return createRpc({
    api,
    // The answer's type is the caller's to name, here as with any transport of the library; `rowOf` holds
    // every account to it.
    transport: async <T>({ payload, signal }: { payload: unknown; signal?: AbortSignal }) =>
      (await read(url, JSON.stringify(payload), signal)) as T,
  });
}

async function read(url: string, body: string, signal?: AbortSignal): Promise<readonly Row[]> {
  const response = await fetch(url, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json; charset=utf-8" },
    body,
    signal: signal ?? null,
  });
  if (!response.ok || response.body === null) {
    throw new SolanaError(SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR, {
      headers: response.headers,
      message: response.statusText,
      statusCode: response.status,
    });
  }
  return rowsOf(response.body, new Turns());
}

/** The accounts in a node's answer. Throws what the node says is wrong, and for what is no such answer. */
export async function rowsOf(
  body: ReadableStream<Uint8Array>,
  turns: Pick<Turns, "over" | "next">,
): Promise<readonly Row[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const cutter = new Cutter();
  const rows: Row[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      for (const member of cutter.push(text)) {
        rows.push(rowOf(parsed(member)));
        if (turns.over) await turns.next();
      }
      if (done) break;
    }
  } catch (error) {
    // What else it sends is not wanted.
    void reader.cancel().catch(() => undefined);
    throw error;
  }
  const envelope = parsed(cutter.rest());
  if (isObject(envelope) && "error" in envelope) {
    throw getSolanaErrorFromJsonRpcError(envelope["error"]);
  }
  const result = isObject(envelope) ? envelope["result"] : null;
  if (!Array.isArray(result) || result.length > 0) throw new NoList();
  return rows;
}

/** What a node sent instead of a list of accounts. */
class NoList extends Error {
  override readonly name = "NoList";
  constructor() {
    super("The node's answer is no list of accounts.");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoList();
  }
}

/** An account as the node lists it, with what of it is read. */
interface Row {
  readonly pubkey: string;
  readonly account: {
    readonly data: readonly [string, "base64"];
    readonly executable: boolean;
    readonly lamports: bigint;
    readonly owner: string;
    readonly space: bigint;
  };
}

function rowOf(value: unknown): Row {
  const account = isObject(value) ? value["account"] : null;
  if (!isObject(value) || !isObject(account)) throw new NoList();
  const { pubkey } = value;
  const { data, executable, lamports, owner, space } = account;
  if (
    typeof pubkey !== "string" ||
    typeof owner !== "string" ||
    typeof executable !== "boolean" ||
    !Array.isArray(data)
  ) {
    throw new NoList();
  }
  const [base64, encoding]: readonly unknown[] = data;
  if (typeof base64 !== "string" || encoding !== "base64") throw new NoList();
  return {
    pubkey,
    account: {
      data: [base64, encoding],
      executable,
      lamports: integer(lamports),
      owner,
      // Not every node says how long an account is that it sends whole.
      space: space === undefined ? 0n : integer(space),
    },
  };
}

/** A number that lost nothing when it was parsed. */
function integer(value: unknown): bigint {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new NoList();
  return BigInt(value);
}

/** The parameters of a request, in numbers that JSON has. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}`. */
const OPEN = [0x5b, 0x7b];
const CLOSE = [0x5d, 0x7d];

/**
 * Cuts an answer `{…, "result": […], …}` into the members of its list and what is around them, in whatever
 * pieces it comes. It only counts brackets: whether the parts are JSON is found out by who parses them.
 */
export class Cutter {
  /** What was heard and not yet given away. */
  #text = "";
  /** How much of it was looked at. */
  #at = 0;
  #inString = false;
  #depth = 0;
  /** Whether the list has begun, and whether it has ended. */
  #list: "before" | "in" | "after" = "before";
  /** Whether a comma was seen in the list: then something must come after it. */
  #several = false;
  #around = "";

  /** Takes the next piece, and gives the members that it completes. */
  push(piece: string): readonly string[] {
    this.#text += piece;
    const text = this.#text;
    const members: string[] = [];
    // Where the part begins that is not yet given away.
    let from = 0;
    let at = this.#at;
    for (; at < text.length; at += 1) {
      if (this.#inString) {
        const end = text.indexOf('"', at);
        if (end === -1) {
          at = text.length;
          break;
        }
        at = end;
        if (!isEscaped(text, end)) this.#inString = false;
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === QUOTE) this.#inString = true;
      else if (OPEN.includes(code)) {
        this.#depth += 1;
        // The list is the first thing in the answer's object that is one.
        if (this.#depth !== 2 || code !== OPEN[0] || this.#list !== "before") continue;
        this.#list = "in";
        this.#around += text.slice(from, at + 1);
        from = at + 1;
      } else if (CLOSE.includes(code)) {
        this.#depth -= 1;
        if (this.#depth !== 1 || this.#list !== "in") continue;
        this.#list = "after";
        const last = text.slice(from, at);
        if (last.trim() !== "" || this.#several) members.push(last);
        from = at;
      } else if (code === COMMA && this.#depth === 2 && this.#list === "in") {
        members.push(text.slice(from, at));
        this.#several = true;
        from = at + 1;
      }
    }
    this.#text = text.slice(from);
    this.#at = at - from;
    return members;
  }

  /** What was around the list, with the list empty. */
  rest(): string {
    return this.#around + this.#text;
  }
}

/** Whether the quote at `end` belongs to its string: an odd number of backslashes comes before it. */
function isEscaped(text: string, end: number): boolean {
  let from = end;
  while (from > 0 && text.charCodeAt(from - 1) === BACKSLASH) from -= 1;
  return (end - from) % 2 === 1;
}
