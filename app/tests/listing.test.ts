/** Answers of many megabytes, cut into accounts as they come. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Cutter, listingRpc, rowsOf } from "../src/lib/chain/listing";
import { Turns } from "../src/lib/turns";

const OWNER = "ComBudget1111111111111111111111111111111111";

function account(key: string, more: object = {}) {
  const account = {
    ...{ data: ["AQID", "base64"], executable: false, lamports: 5, owner: OWNER },
    ...{ rentEpoch: 18446744073709552000, space: 3 },
    ...more,
  };
  return { pubkey: key, account };
}

const answer = (result: unknown) => JSON.stringify({ jsonrpc: "2.0", id: "1", result });

/** A body that comes in pieces of `bytes`. */
function bodyOf(text: string, bytes = 7): ReadableStream<Uint8Array> {
  const all = new TextEncoder().encode(text);
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= all.length) controller.close();
      else controller.enqueue(all.slice(from, (from += bytes)));
    },
  });
}

const never = { over: false, next: () => Promise.resolve() };

describe("an answer in pieces", () => {
  const list = answer([account("a"), account("b", { lamports: 2 ** 40 }), account("c")]);

  it.each([1, 2, 3, 5, 64, 100_000])("is the same in pieces of %i bytes", async (bytes) => {
    const rows = await rowsOf(bodyOf(list, bytes), never);
    expect(rows.map(({ pubkey, account }) => [pubkey, account.lamports, account.space])).toEqual([
      ["a", 5n, 3n],
      ["b", 2n ** 40n, 3n],
      ["c", 5n, 3n],
    ]);
    expect(rows[0]?.account.data).toEqual(["AQID", "base64"]);
    expect(rows[0]?.account.owner).toBe(OWNER);
  });

  it("is read whatever order its parts have, and however it is spaced", async () => {
    const spaced = JSON.stringify(
      { result: [account("a"), account("b")], id: "1", jsonrpc: "2.0" },
      null,
      2,
    );
    expect((await rowsOf(bodyOf(spaced), never)).map(({ pubkey }) => pubkey)).toEqual(["a", "b"]);
    expect(await rowsOf(bodyOf(answer([])), never)).toEqual([]);
    expect(await rowsOf(bodyOf('{"result":[ \n ]}'), never)).toEqual([]);
  });

  it.each([1, 3, 1_000])("is not cut where a text has brackets and quotes, by %i", (bytes) => {
    const texts = ['[{"', '\\"],[', "\\\\", '\\\\"}', "é[漢"];
    const whole = answer(texts.map((text) => ({ text })));
    const cutter = new Cutter();
    const members: string[] = [];
    for (let from = 0; from < whole.length; from += bytes) {
      members.push(...cutter.push(whole.slice(from, from + bytes)));
    }
    expect(members.map((member) => JSON.parse(member) as unknown)).toEqual(
      texts.map((text) => ({ text })),
    );
    expect(JSON.parse(cutter.rest())).toEqual({ jsonrpc: "2.0", id: "1", result: [] });
  });

  it("gives way when its turn is over, between two accounts", async () => {
    const next = vi.fn(() => Promise.resolve());
    await rowsOf(bodyOf(list, 100_000), { over: true, next });
    expect(next).toHaveBeenCalledTimes(3);
  });
});

describe("what is no list of accounts", () => {
  const good = JSON.stringify(account("a"));
  it.each([
    ["nothing", ""],
    ["no JSON", "<html>[]</html>"],
    ["an answer that ends early", answer([account("a")]).slice(0, -4)],
    ["an answer that ends within an account", answer([account("a"), account("b")]).slice(0, 200)],
    ["a list by itself", `[${good}]`],
    ["a list elsewhere", `{"other":[${good}],"result":7}`],
    ["a list before the list", `{"other":[${good}],"result":[${good}]}`],
    ["a list with a context", `{"result":{"context":{"slot":1},"value":[${good}]}}`],
    ["a list that is closed otherwise", `{"result":[${good}}`],
    ["a hole in it", `{"result":[${good},,${good}]}`],
    ["a comma too many", `{"result":[${good},]}`],
    ["two accounts without a comma", `{"result":[${good}${good}]}`],
    ["something behind it", `${answer([account("a")])}[]`],
    ["an account without key", answer([{ account: account("a").account }])],
    ["an account without owner", answer([account("a", { owner: null })])],
    ["bytes in another encoding", answer([account("a", { data: ["11", "base58"] })])],
    ["bytes that were parsed", answer([account("a", { data: { parsed: {} } })])],
    ["lamports that were rounded", answer([account("a", { lamports: 2 ** 60 })])],
    ["a number", answer([7])],
  ])("%s", async (_, text) => {
    await expect(rowsOf(bodyOf(text), never)).rejects.toThrow("no list of accounts");
  });

  it("is not heard to its end", async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('{"result":[7,')),
      cancel: cancelled,
    });
    await expect(rowsOf(body, never)).rejects.toThrow();
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("says what the node says is wrong", async () => {
    const error = { code: -32005, message: "slow down", data: { list: ["[", "]"] } };
    const text = JSON.stringify({ jsonrpc: "2.0", id: "1", error });
    await expect(rowsOf(bodyOf(text), never)).rejects.toMatchObject({
      name: "SolanaError",
      context: { __code: -32005 },
    });
  });
});

describe("a request", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks as the client wants it asked", async () => {
    const asked = vi.fn((..._: Parameters<typeof fetch>) =>
      Promise.resolve(new Response(bodyOf(answer([account("a")])))),
    );
    vi.stubGlobal("fetch", asked);
    const filters = [
      { memcmp: { offset: 16n, bytes: "AQ==" as never, encoding: "base64" } },
    ] as const;
    const abort = new AbortController();
    const rows = await listingRpc("http://127.0.0.1:1/")
      .getProgramAccounts(OWNER as never, { commitment: "confirmed", encoding: "base64", filters })
      .send({ abortSignal: abort.signal });
    expect(rows.map(({ pubkey }) => pubkey)).toEqual(["a"]);
    const [url, init] = asked.mock.calls[0] ?? [];
    expect(url).toBe("http://127.0.0.1:1/");
    expect(init?.signal).toBe(abort.signal);
    expect(JSON.parse(`${init?.body}`)).toMatchObject({
      method: "getProgramAccounts",
      params: [OWNER, { commitment: "confirmed", filters: [{ memcmp: { offset: 16 } }] }],
    });
  });

  it("fails when the node refuses it", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("no", { status: 429 })));
    const asked = listingRpc("http://127.0.0.1:1/")
      .getProgramAccounts(OWNER as never)
      .send();
    await expect(asked).rejects.toMatchObject({ context: { statusCode: 429 } });
  });
});

describe("a turn", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["performance", "setTimeout"] }));
  afterEach(() => vi.useRealTimers());

  it("goes on until it has taken its time, and then waits", async () => {
    const turns = new Turns();
    vi.advanceTimersByTime(5);
    expect(turns.over).toBe(false);
    await turns.next();
    vi.advanceTimersByTime(1);
    expect(turns.over).toBe(true);
    let began = false;
    const next = turns.next().then(() => {
      began = true;
    });
    await Promise.resolve();
    expect(began).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await next;
    expect(turns.over).toBe(false);
  });
});
