/** Text and links by others: nothing in them deceives unmarked, nothing in them runs. */

import { describe, expect, it } from "vitest";

import { isSuspicious, link, runs, visible } from "../src/lib/text";

const char = (code: number) => String.fromCodePoint(code);

describe("a text", () => {
  it("is left alone when it is plain, in any script", () => {
    for (const text of [
      "Docs translation",
      "Übersetzung für die Gemeinschaft",
      "Перевод документации",
      "文件翻譯",
      "وثائق",
      "emoji 🎉 and 1,000 €",
      "two\nlines\tand a tab",
    ]) {
      expect(runs(text), text).toEqual([{ kind: "plain", text }]);
    }
  });

  it("shows what turns the direction of writing or is not seen", () => {
    for (const code of [
      0x202e, 0x202d, 0x2066, 0x2069, 0x200f, 0x61c, 0x200b, 0xfeff, 0xad, 0x0, 0x1b, 0xe0041,
      0x3164, 0x2028,
    ]) {
      const found = runs(`a${char(code)}b`);
      expect(
        found.map(({ kind }) => kind),
        code.toString(16),
      ).toEqual(["plain", "hidden", "plain"]);
      expect(visible(`a${char(code)}b`)).toBe(
        `a[U+${code.toString(16).toUpperCase().padStart(4, "0")}]b`,
      );
    }
  });

  it("points at letters of another script inside a Latin word", () => {
    const text = `p${char(0x430)}ypal`; // Cyrillic a
    expect(runs(text)).toEqual([
      { kind: "plain", text: "p" },
      { kind: "lookalike", text: char(0x430), script: "Cyrillic" },
      { kind: "plain", text: "ypal" },
    ]);
    expect(isSuspicious(`${char(0x3bf)}range`)).toBe(true); // Greek omicron
    expect(isSuspicious(`${char(0x1d400)}bc`)).toBe(true); // mathematical bold
    // Two words of two scripts are two languages.
    expect(isSuspicious("Docs перевод")).toBe(false);
  });

  it("does not let a hidden character cut a word in two", () => {
    const text = `p${char(0x200b)}${char(0x430)}y`;
    expect(runs(text).map(({ kind }) => kind)).toEqual(["plain", "hidden", "lookalike", "plain"]);
  });

  it("survives broken surrogates", () => {
    expect(runs("\ud800x").length).toBeGreaterThan(0);
  });
});

describe("a link", () => {
  it("opens https, and names the host", () => {
    expect(link("https://example.org/a?b=c")).toEqual({
      kind: "open",
      href: "https://example.org/a?b=c",
      host: "example.org",
    });
  });

  it("opens nothing else", () => {
    for (const uri of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      " javascript:alert(1)",
      "java\nscript:alert(1)",
      `java${char(0x200b)}script:alert(1)`,
      "data:text/html,<script>1</script>",
      "vbscript:x",
      "file:///etc/passwd",
      "blob:https://example.org/x",
      "http://example.org",
      "//example.org",
      "ipfs://bafy",
      "ar://x",
      "",
      "not an address",
      "https://",
      "https://good.example@evil.example/",
      "https://user:secret@evil.example/",
      "https://xn--pypal-4ve.example/",
      `https://p${char(0x430)}ypal.example/`,
      `https://example.org/${char(0x202e)}gpj.exe`,
    ]) {
      expect(link(uri).kind, uri).toBe("blocked");
    }
  });
});
