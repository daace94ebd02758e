// @vitest-environment jsdom
import { address, getAddressDecoder } from "@solana/kit";
import {
  ActionKind,
  type BudgetEvent,
  COMMUNITY_BUDGET_PROGRAM_ADDRESS,
  EntryFlags,
  Outcome,
  UNRANKED,
} from "@community-budget/client";
import { describe, expect, it } from "vitest";

import { TITLES } from "../e2e/support/corpus";
import { atom, rfc3339, xml } from "../src/activity/atom";
import { type Snapshot, feedsOf } from "../src/activity/feeds";
import type { Happened } from "../src/activity/history";
import { LINE_OCTETS, fold, ics, icsMoment, icsText } from "../src/activity/ics";
import { parseConfig } from "../src/lib/config";
import * as made from "./made";

const at = (byte: number) => getAddressDecoder().decode(new Uint8Array(32).fill(byte));
const [TREASURY, EPOCH, ADA, STREAM] = [at(1), at(2), at(3), at(4)];
const HOSTILE = "</title><script>alert(1)</script>\u202e;,\\\r\nEND:VCALENDAR\u0007&\ud800";

const config = (community: string, name: string) =>
  parseConfig(
    {
      community,
      cluster: "localnet",
      programId: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
      treasury: TREASURY,
      budget: {
        mint: at(5),
        name: "Test Dollar",
        symbol: "tUSD",
        decimals: 6,
        tokenProgram: at(7),
      },
      stake: { mint: at(6), name: "Harbour", symbol: "HARB", decimals: 9, tokenProgram: at(7) },
      rpc: "http://127.0.0.1:1",
      websocket: "ws://127.0.0.1:2",
    },
    new Map([[ADA, name]]),
  );

const events: readonly { event: BudgetEvent; title?: string }[] = [
  {
    event: {
      name: "VoteCast",
      data: {
        seq: 3n,
        epoch: EPOCH,
        owner: ADA,
        byDelegate: false,
        weight: 5n,
        turnout: 5n,
        votingClosesAt: 20n,
      },
    },
  },
  {
    event: {
      name: "ProposalSubmitted",
      data: {
        seq: 2n,
        epoch: EPOCH,
        index: 0,
        proposer: ADA,
        recipient: ADA,
        amount: 7_000_000n,
        slotFee: 0n,
        bond: 0n,
        accepted: true,
        slateHash: new Uint8Array(32),
      },
    },
  },
  {
    event: {
      name: "EpochOpened",
      data: {
        seq: 1n,
        treasury: TREASURY,
        epoch: EPOCH,
        index: 0,
        cap: 10_000_000n,
        rewardPool: 0n,
        freeAtOpen: 0n,
        votingOpensAt: 1_000n,
        votingClosesAt: 2_000n,
        votingHardEndAt: 3_000n,
      },
    },
  },
];

function snapshot(
  title: string,
  more: Partial<Snapshot> & { name?: string; community?: string } = {},
): Snapshot {
  const happened = events.map(({ event }, place): Happened => ({
    event,
    marks: null,
    title: event.name === "ProposalSubmitted" ? title : null,
    signature: `sig${place}` as Happened["signature"],
    slot: BigInt(9 - place),
    at: BigInt(900 - place),
  }));
  const slate = [
    { amount: 7_000_000n, outcome: Outcome.Pending, rank: UNRANKED, flags: EntryFlags.Accepted },
  ];
  const open = [
    made.epoch(slate, {
      treasury: TREASURY,
      votingOpensAt: 1_000n,
      votingClosesAt: 2_000n,
      votingHardEndAt: 3_000n,
      cap: 10_000_000n,
    }),
  ];
  const streams = [
    {
      address: STREAM,
      data: made.stream({
        treasury: TREASURY,
        recipient: ADA,
        total: 100n,
        checkpoints: 1,
        durationSecs: 86_400,
        startedAt: 800n,
        windowSecs: 1_000,
        graceSecs: 1_000,
        entryIndex: 0,
      }),
      executable: false,
      lamports: 0n as Snapshot["accounts"]["streams"][number]["lamports"],
      programAddress: COMMUNITY_BUDGET_PROGRAM_ADDRESS,
      space: 0n,
    },
  ];
  return {
    config: config(more.community ?? "Open Harbour", more.name ?? "Ada Lindgren"),
    treasury: made.treasury({ epochCount: 1, epochActive: 1 }),
    accounts: {
      epochs: [EPOCH],
      streams,
      proposals: new Map(),
      policy: null,
      electorates: new Map([[0, 10n]]),
    },
    open,
    known: { happened, lines: [], complete: true, lost: 0, misplaced: 0 },
    now: 950n,
    url: "https://budget.example/",
    ...more,
  };
}

/** Parses strictly: anything that is no well-formed XML is an error. */
function parsed(text: string): Document {
  const document = new DOMParser().parseFromString(text, "application/xml");
  expect(document.querySelector("parsererror")?.textContent ?? null).toBeNull();
  return document;
}

/** What RFC 4287 asks of a feed. */
function checkAtom(text: string): Document {
  const document = parsed(text);
  const feed = document.documentElement;
  expect([feed.localName, feed.namespaceURI]).toEqual(["feed", "http://www.w3.org/2005/Atom"]);
  const one = (of: Element, name: string) => {
    const found = [...of.children].filter(({ localName }) => localName === name);
    if (found.length !== 1) throw new Error(`${found.length} of ${name} instead of one`);
    return found[0]?.textContent ?? "";
  };
  const all = [...document.querySelectorAll("*")];
  const ids: string[] = [];
  for (const element of all.filter(({ localName }) => ["feed", "entry"].includes(localName))) {
    ids.push(one(element, "id"));
    if (one(element, "title") === "") throw new Error("an entry without a title");
    expect(one(element, "updated")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
  expect([new Set(ids).size, ids.every((id) => URL.canParse(id))]).toEqual([ids.length, true]);
  one(feed, "author");
  // Text constructs hold text and nothing else.
  const texts = all.filter(({ localName }) => ["title", "subtitle", "content"].includes(localName));
  const isText = (of: Element) => of.getAttribute("type") === "text" && of.children.length === 0;
  expect(texts.every(isText)).toBe(true);
  const links = all.filter(({ localName }) => localName === "link");
  const leads = (of: Element) => of.getAttribute("href")?.startsWith("https://budget.example/");
  expect(links.every(leads)).toBe(true);
  expect(all.map(({ localName }) => localName).filter((name) => !KNOWN.has(name))).toEqual([]);
  return document;
}

const KNOWN = new Set(
  "feed id title subtitle updated author name generator link entry category content".split(" "),
);

type Property = { readonly name: string; readonly value: string };

/** Reads a calendar as RFC 5545 has it, and is strict about lines, folds and escapes. */
function checkIcs(text: string): readonly Property[] {
  expect(text.endsWith("\r\n")).toBe(true);
  // No line end but CRLF, and no control character.
  expect(text.replace(/\r\n/g, "")).not.toMatch(/[\u0000-\u001f\u007f]/);
  const raw = text.slice(0, -2).split("\r\n");
  expect(raw.filter((line) => new TextEncoder().encode(line).length > 75)).toEqual([]);
  const lines: string[] = [];
  for (const line of raw) {
    if (line.startsWith(" ")) lines.push(`${lines.pop() ?? ""}${line.slice(1)}`);
    else lines.push(line);
  }
  const open: string[] = [];
  const properties = lines.map((line): Property => {
    const match = /^([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)$/.exec(line);
    if (match === null) throw new Error(`no content line: ${line}`);
    const [, name = "", , value = ""] = match;
    if (name === "BEGIN") open.push(value);
    if (name === "END" && open.pop() !== value) throw new Error(`${value} ends and never began`);
    // Backslashes only before what they escape; bare separators nowhere.
    const bare = /[\\;,]/.test(value.replace(/\\[\\;,n]/g, ""));
    if (["SUMMARY", "DESCRIPTION", "NAME", "UID"].includes(name) && bare) {
      throw new Error(`not escaped: ${value}`);
    }
    return { name, value };
  });
  expect(open).toEqual([]);
  const values = (name: string) =>
    properties.filter((one) => one.name === name).map(({ value }) => value);
  expect(values("VERSION")).toEqual(["2.0"]);
  expect(values("PRODID")).toHaveLength(1);
  expect(values("BEGIN").filter((value) => value === "VCALENDAR")).toHaveLength(1);
  const count = values("BEGIN").filter((value) => value === "VEVENT").length;
  const uids = values("UID");
  expect([
    uids.length,
    new Set(uids).size,
    values("DTSTAMP").length,
    values("DTSTART").length,
  ]).toEqual([count, count, count, count]);
  for (const moment of [...values("DTSTAMP"), ...values("DTSTART")])
    expect(moment).toMatch(/^\d{8}T\d{6}Z$/);
  return properties;
}

const file = (files: ReadonlyMap<string, string>, name: string) => {
  const found = files.get(name);
  if (found === undefined) throw new Error(`${name} was not written`);
  return found;
};

describe("the files beside the page", () => {
  const files = feedsOf(snapshot("Docs translation"));

  it("are the feeds, the calendar and a digest for each epoch", () => {
    expect([...files.keys()]).toEqual([
      "activity.atom",
      "decisions.atom",
      "deadlines.ics",
      "digest-0.txt",
    ]);
  });

  it("tell what happened, newest first, with ids that stay", () => {
    const feed = checkAtom(file(files, "activity.atom"));
    const entries = [...feed.querySelectorAll("entry")];
    const texts = entries.map((entry) =>
      entry.querySelector("title")?.textContent?.replace(/[\u00a0\u202f]/g, " "),
    );
    expect(texts[0]).toBe("Ada Lindgren voted in epoch 0 with 50 % of all weight");
    expect(texts[1]).toBe("Ada Lindgren proposed “Docs translation” (0/0): 7 tUSD");
    expect(entries.map((entry) => entry.querySelector("id")?.textContent)).toEqual(
      [3, 2, 1].map((seq) => `urn:community-budget:localnet:${EPOCH}:${seq}`),
    );
    expect(feed.querySelector("updated")?.textContent).toBe(rfc3339(900n));
    expect(entries[1]?.querySelector("link")?.getAttribute("href")).toBe(
      "https://budget.example/#/proposal/0/0",
    );
    // Another reading at another time tells readers nothing new.
    const later = feedsOf(snapshot("Docs translation", { now: 99_999n }));
    expect(file(later, "activity.atom")).toBe(file(files, "activity.atom"));
  });

  it("leave ballots out of the feed of decisions", () => {
    const feed = checkAtom(file(files, "decisions.atom"));
    expect([...feed.querySelectorAll("category")].map((one) => one.getAttribute("term"))).toEqual([
      "proposals",
      "epochs",
    ]);
  });

  it("tell what is due, soonest first", () => {
    const properties = checkIcs(file(files, "deadlines.ics"));
    const starts = properties.filter(({ name }) => name === "DTSTART").map(({ value }) => value);
    expect(starts).toEqual([...starts].sort());
    const uids = properties.filter(({ name }) => name === "UID").map(({ value }) => value);
    expect(uids).toEqual(
      [
        "epoch-0-voting-opens",
        "epoch-0-voting-closes",
        "epoch-0-voting-hard-end",
        "stream-0-0-review-0-opens",
        "stream-0-0-update-0-due",
      ].map((id) => `${id}@${TREASURY}`),
    );
    expect(starts[0]).toBe(icsMoment(1_000n));
    expect(starts[3]).toBe(icsMoment(800n + 43_200n));
    expect(starts[4]).toBe(icsMoment(800n + 43_200n + 1_000n));
    expect(properties.find(({ name }) => name === "URL")?.value).toBe(
      "https://budget.example/#/epoch/0",
    );
  });

  it("keep the same identity for a deadline that moves", () => {
    const [before, after] = [snapshot("x"), snapshot("x")];
    const moved = {
      ...after,
      open: after.open.map((epoch) => ({ ...epoch, votingClosesAt: 2_500n })),
    };
    const uids = (of: Snapshot) =>
      checkIcs(file(feedsOf(of), "deadlines.ics")).filter(({ name }) => name === "UID");
    expect(uids(moved)).toEqual(uids(before));
  });

  it("name execution windows, and let grace stand still while executions are blocked", () => {
    const base = snapshot("x");
    const settled = base.open.map((epoch) => ({
      ...epoch,
      settledAt: 900n,
      rewardPool: 5n,
      voteRecordCount: 1n,
      policy: {
        ...epoch.policy,
        schedule: { ...epoch.policy.schedule, executionGraceSecs: 500, periodSecs: 700 },
      },
      slate: epoch.slate.map((entry) => ({
        ...entry,
        outcome: Outcome.Funded,
        action: ActionKind.Award,
      })),
    }));
    const dates = (treasury: Snapshot["treasury"]) => {
      const properties = checkIcs(
        file(feedsOf({ ...base, open: settled, treasury, now: 899n }), "deadlines.ics"),
      );
      const uids = properties
        .filter(({ name }) => name === "UID")
        .map(({ value }) => value.split("@")[0] ?? "");
      const starts = properties.filter(({ name }) => name === "DTSTART").map(({ value }) => value);
      return new Map(uids.map((uid, place) => [uid, starts[place]]));
    };
    const free = dates(base.treasury);
    expect(free.get("entry-0-0-executable")).toBe(icsMoment(900n));
    expect(free.get("entry-0-0-lapses")).toBe(icsMoment(1_400n));
    expect(free.get("epoch-0-rewards-end")).toBe(icsMoment(900n + 1_400n));
    expect([...free.keys()].some((uid) => uid.includes("voting"))).toBe(false);
    const paused = made.treasury({
      epochCount: 1,
      standstillFrom: 890n,
      standstillUntil: 990n,
      pauseUntil: 990n,
    });
    expect(dates(paused).get("entry-0-0-lapses")).toBe(icsMoment(1_500n));
    expect(dates(paused).get("pause-990-ends")).toBe(icsMoment(990n));
  });

  it("say in the digest what is decided", () => {
    const text = file(files, "digest-0.txt");
    expect(text).toContain(
      "Epoch 0 takes proposals until Thu 1 Jan 1970, 00:16 UTC; nothing is decided yet.",
    );
    expect(text).toContain("“Docs translation” (0/0), 7\u00a0tUSD to Ada Lindgren");
    expect(text).toMatch(/\nhttps:\/\/budget\.example\/#\/digest\/0\n$/);
  });
});

describe("what other people wrote", () => {
  const texts = [HOSTILE, ...TITLES.map(({ text }) => text)];

  it("stays text as title, as name and as the community's name", () => {
    expect(texts.length).toBeGreaterThan(100);
    const usual = file(feedsOf(snapshot("Docs")), "digest-0.txt").split("\n").length;
    for (const text of texts) {
      const files = feedsOf(snapshot(text, { name: text, community: text }));
      const entries = checkAtom(file(files, "activity.atom")).querySelectorAll("entry").length;
      const dates = checkIcs(file(files, "deadlines.ics")).filter(
        ({ name, value }) => name === "BEGIN" && value === "VEVENT",
      ).length;
      // A text cannot begin a line of its own in what is forwarded.
      const lines = file(files, "digest-0.txt").split("\n").length;
      const hides = [...files.values()].some((content) =>
        /[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/.test(content),
      );
      expect({ text, entries, dates, lines, hides }).toEqual({
        text,
        entries: 3,
        dates: 5,
        lines: usual,
        hides: false,
      });
    }
  }, 60_000);

  it("has what hides in it spelled out", () => {
    const files = feedsOf(snapshot(HOSTILE));
    const title =
      checkAtom(file(files, "activity.atom")).querySelectorAll("entry title")[1]?.textContent ?? "";
    expect(title).toContain(
      "“</title><script>alert(1)</script>[U+202E];,\\ END:VCALENDAR[U+0007]&\ufffd”",
    );
    const properties = checkIcs(file(files, "deadlines.ics"));
    const summary = properties.find(
      ({ name, value }) => name === "SUMMARY" && value.includes("Checkpoint"),
    );
    expect(summary?.value).toContain("[U+202E]\\;\\,\\\\ END:VCALENDAR[U+0007]&");
  });
});

describe("XML", () => {
  it("escapes what is markup, and replaces what XML cannot hold", () => {
    expect(xml(`<a href="x">'&'</a>`)).toBe(
      "&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;",
    );
    expect(xml("a\u0000b\ufffe\ud800c😀")).toBe("a\ufffdb\ufffd\ufffdc😀");
  });

  it("writes no links when nobody knows where the page is", () => {
    const feed = atom({
      id: "urn:x:1",
      title: "t",
      subtitle: "s",
      author: "a",
      updated: 0n,
      link: null,
      self: null,
      entries: [],
    });
    expect(parsed(feed).querySelectorAll("link")).toHaveLength(0);
  });
});

describe("lines of a calendar", () => {
  it("are folded at 75 octets and never within a character", () => {
    for (const filler of ["a", "é", "…", "😀"]) {
      for (let before = 0; before < 5; before += 1) {
        const line = `SUMMARY:${"x".repeat(before)}${filler.repeat(120)}`;
        const folded = fold(line).split("\r\n");
        for (const piece of folded) {
          const octets = new TextEncoder().encode(piece).length;
          expect(octets).toBeLessThanOrEqual(LINE_OCTETS);
          expect(piece).not.toContain("\ufffd");
        }
        // Full lines, as many as needed and no more.
        const [first = ""] = folded;
        expect(new TextEncoder().encode(first).length).toBeGreaterThan(LINE_OCTETS - 4);
        expect(folded.map((piece, place) => (place === 0 ? piece : piece.slice(1))).join("")).toBe(
          line,
        );
      }
    }
    expect(fold("x".repeat(75))).toBe("x".repeat(75));
    expect(fold("x".repeat(76))).toBe(`${"x".repeat(75)}\r\n x`);
  });

  it("escape what separates values", () => {
    expect(icsText("a;b,c\\d\r\ne\rf\ng\u0007")).toBe("a\\;b\\,c\\\\d\\ne\\nf\\ng ");
  });

  it("tell moments in UTC, and reminders as spans", () => {
    expect(icsMoment(1_796_061_660n)).toBe("20261130T180100Z");
    const calendar = (remindSecs: number | null) =>
      checkIcs(
        ics({
          name: "n",
          writtenAt: 0n,
          events: [{ uid: "u", at: 0n, summary: "s", description: "d", url: null, remindSecs }],
        }),
      );
    const trigger = (remindSecs: number | null) =>
      calendar(remindSecs).find(({ name }) => name === "TRIGGER")?.value;
    expect([trigger(86_400), trigger(90), trigger(null)]).toEqual(["-P1D", "-PT90S", undefined]);
  });
});

it("addresses in the tests are addresses", () => {
  expect(address(TREASURY)).toBe(TREASURY);
});
