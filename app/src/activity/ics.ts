/** A calendar (RFC 5545). */

/** One moment in it. */
export interface IcsEvent {
  /** The same for the same deadline, also when its moment moves. */
  readonly uid: string;
  /** Unix seconds. */
  readonly at: bigint;
  readonly summary: string;
  readonly description: string;
  /** Where it is read on the web; `null` for nowhere. */
  readonly url: string | null;
  /** Seconds before it at which to be reminded; `null` for never. */
  readonly remindSecs: number | null;
}

/** A calendar. */
export interface IcsCalendar {
  readonly name: string;
  /** Unix seconds: when it was written. */
  readonly writtenAt: bigint;
  readonly events: readonly IcsEvent[];
}

/** The most octets of a line, its end not counted. */
export const LINE_OCTETS = 75;

/** Text as a value of type TEXT: no control character ends its line. */
export function icsText(text: string): string {
  return text
    .replace(/\r\n?|\n/g, "\n")
    .replace(/[\\;,]/g, (character) => `\\${character}`)
    .replace(/\n/g, "\\n")
    .replace(/[\u0000-\u001f\u007f]/g, " ");
}

/** A moment in UTC. */
export function icsMoment(at: bigint): string {
  return new Date(Number(at) * 1_000).toISOString().replace(/[-:]|\.\d+/g, "");
}

const encoder = new TextEncoder();

/** A content line cut into lines of at most 75 octets, never within a character. */
export function fold(line: string): string {
  const pieces: string[] = [];
  let [piece, octets] = ["", 0];
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (octets + size > LINE_OCTETS) {
      pieces.push(piece);
      // What is folded begins with a space, which counts.
      [piece, octets] = [" ", 1];
    }
    piece += character;
    octets += size;
  }
  return [...pieces, piece].join("\r\n");
}

function span(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
  return rest === 0 ? `P${days}D` : `PT${seconds}S`;
}

function eventLines(event: IcsEvent, stamp: string): string[] {
  return [
    "BEGIN:VEVENT",
    `UID:${icsText(event.uid)}`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${icsMoment(event.at)}`,
    `SUMMARY:${icsText(event.summary)}`,
    `DESCRIPTION:${icsText(event.description)}`,
    // Nobody's time is taken up by a deadline.
    "TRANSP:TRANSPARENT",
    ...(event.url === null ? [] : [`URL:${event.url}`]),
    ...(event.remindSecs === null
      ? []
      : [
          "BEGIN:VALARM",
          "ACTION:DISPLAY",
          `DESCRIPTION:${icsText(event.summary)}`,
          `TRIGGER:-${span(event.remindSecs)}`,
          "END:VALARM",
        ]),
    "END:VEVENT",
  ];
}

/** Writes a calendar. */
export function ics({ name, writtenAt, events }: IcsCalendar): string {
  const stamp = icsMoment(writtenAt);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Community Budget//Deadlines//EN",
    "CALSCALE:GREGORIAN",
    `NAME:${icsText(name)}`,
    `X-WR-CALNAME:${icsText(name)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ...events.flatMap((event) => eventLines(event, stamp)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}
