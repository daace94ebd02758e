/** Numbers and moments as people read them. */

import { describe, expect, it } from "vitest";

import * as format from "../src/lib/format";

const USD = { symbol: "tUSD", decimals: 6 };
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("an amount", () => {
  it("is exact where it must be", () => {
    expect(plain(format.exactAmount(1_234_567_891n, USD))).toBe("1,234.567891 tUSD");
    expect(plain(format.exactAmount(0n, USD))).toBe("0 tUSD");
    expect(plain(format.exactAmount(-1n, USD))).toBe("−0.000001 tUSD");
    expect(format.exactDigits(18_446_744_073_709_551_615n, 9)).toBe("18,446,744,073.709551615");
    expect(format.exactDigits(12n, 0)).toBe("12");
  });

  it("is cut and never rounded up on a page", () => {
    expect(plain(format.amount(1_999_999_999n, USD))).toBe("1,999.99 tUSD");
    expect(plain(format.amount(999_999n, USD))).toBe("0.99 tUSD");
    expect(plain(format.amount(-1_999_999n, USD))).toBe("−1.99 tUSD");
  });

  it("keeps two digits of a small one, so that something is never shown as nothing", () => {
    expect(format.digits(1n, 6)).toBe("0.000001");
    expect(format.digits(1_234n, 6)).toBe("0.0012");
    expect(format.digits(123_456_789n, 18)).toBe("0.00000000012");
  });

  it("is shortened for tight places, cut as well", () => {
    expect(format.short(9_999_000_000n, 6)).toBe("9,999");
    expect(format.short(12_399_000_000n, 6)).toBe("12.3k");
    expect(format.short(4_567_000_000_000n, 6)).toBe("4.5M");
    expect(format.short(3_000_000_000_000_000n, 6)).toBe("3bn");
    expect(format.short(-12_399_000_000n, 6)).toBe("−12.3k");
  });

  it("is read back from what a person types, exactly or not at all", () => {
    expect(format.parseAmount("1,234.5", 6)).toBe(1_234_500_000n);
    expect(format.parseAmount(" 0.000001 ", 6)).toBe(1n);
    expect(format.parseAmount("7.", 6)).toBe(7_000_000n);
    expect(format.parseAmount("18446744073709551615", 0)).toBe(2n ** 64n - 1n);
    for (const wrong of [
      "",
      "-1",
      "1e6",
      "1.0000001",
      "0x10",
      "1.2.3",
      "18446744073709551616",
      "١",
    ]) {
      expect(format.parseAmount(wrong, wrong.startsWith("184") ? 0 : 6), wrong).toBeNull();
    }
  });

  it("is read back from what is shown", () => {
    for (const value of [0n, 1n, 999_999n, 1_000_000n, 123_456_789_012n]) {
      expect(format.parseAmount(format.exactDigits(value, 6), 6)).toBe(value);
    }
  });
});

describe("a share", () => {
  it("is a percentage, cut", () => {
    expect(plain(format.bps(300))).toBe("3 %");
    expect(plain(format.bps(5_001))).toBe("50.01 %");
    expect(plain(format.share(1n, 3n))).toBe("33.3 %");
    expect(plain(format.share(2n, 3n))).toBe("66.6 %");
    expect(plain(format.share(3n, 3n))).toBe("100 %");
  });

  it("tells a trace from nothing", () => {
    expect(plain(format.share(1n, 100_000n))).toBe("under 0.1 %");
    expect(plain(format.share(0n, 100_000n))).toBe("0 %");
    expect(plain(format.share(5n, 0n))).toBe("0 %");
  });

  it("is a length between nothing and all", () => {
    expect(format.fraction(1n, 4n)).toBe(0.25);
    expect(format.fraction(5n, 4n)).toBe(1);
    expect(format.fraction(-1n, 4n)).toBe(0);
    expect(format.fraction(1n, 0n)).toBe(0);
  });
});

describe("time", () => {
  it("is a span in its two largest units", () => {
    expect(plain(format.span(2n * 86_400n + 4n * 3_600n + 59n))).toBe("2 d 4 h");
    expect(plain(format.span(86_400n))).toBe("1 d");
    expect(plain(format.span(3_599n))).toBe("59 min");
    expect(plain(format.span(3_660n))).toBe("1 h 1 min");
    expect(plain(format.span(59n))).toBe("59 s");
    expect(plain(format.span(0n))).toBe("0 s");
    expect(plain(format.span(-60n))).toBe("1 min");
  });

  it("says which side of now it is on", () => {
    expect(plain(format.distance(160n, 100n))).toBe("in 1 min");
    expect(plain(format.distance(40n, 100n))).toBe("1 min ago");
    expect(format.distance(100n, 100n)).toBe("now");
  });

  it("has a weekday, and a year when it is not this one", () => {
    const at = BigInt(Date.UTC(2026, 11, 3, 12) / 1_000);
    expect(format.day(at, at)).toBe("Thu 3 Dec");
    expect(format.day(at, at + 86_400n * 365n)).toBe("Thu 3 Dec 2026");
    expect(format.iso(at)).toBe("2026-12-03T12:00:00Z");
  });
});

describe("a number of things", () => {
  it("agrees with its noun", () => {
    expect(plain(format.count(1, "ballot"))).toBe("1 ballot");
    expect(plain(format.count(1_234, "ballot"))).toBe("1,234 ballots");
    expect(plain(format.count(0n, "entry", "entries"))).toBe("0 entries");
  });

  it("has its ordinal", () => {
    const said = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(format.ordinal);
    expect(said).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "12th",
      "13th",
      "21st",
      "22nd",
      "101st",
      "111th",
    ]);
  });
});
