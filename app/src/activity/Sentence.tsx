/** A sentence in parts, on a page: names as names, amounts with their exact value, titles as links. */

import { Amount, Name, WeightShare, Written } from "../components/Text";
import { useChain, useConfig } from "../lib/context";
import * as format from "../lib/format";
import { href } from "../lib/router";
import { type Part, unitOf } from "./parts";

export function Sentence({ parts }: { readonly parts: readonly Part[] }) {
  // Sentences do not change order within: their place is what tells the parts apart.
  return parts.map((part, at) => <PartShown key={at} part={part} />);
}

/** A sentence that begins with a capital. */
export function Line({ parts }: { readonly parts: readonly Part[] }) {
  const [first, ...rest] = parts;
  if (first?.kind !== "text") return <Sentence parts={parts} />;
  return <Sentence parts={[{ ...first, text: format.capital(first.text) }, ...rest]} />;
}

function PartShown({ part }: { readonly part: Part }) {
  const { budget, stake } = useConfig();
  switch (part.kind) {
    case "text":
      return part.mixed === true ? <Written>{part.text}</Written> : part.text;
    case "name":
      return <Name address={part.address} />;
    case "amount": {
      const unit = unitOf({ budget, stake }, part.measure);
      return <Amount value={part.value} unit={{ ...stake, ...unit }} />;
    }
    case "share":
      return (
        <>
          <WeightShare weight={part.value} of={part.whole} /> of all weight
        </>
      );
    case "moment":
      return <Moment at={part.at} />;
    case "thing": {
      const words = part.written ? <Written>{part.text}</Written> : part.text;
      return part.route === null ? words : <a href={href(part.route)}>{words}</a>;
    }
  }
}

/** A moment that does not count seconds: in long lists nothing should change every second. */
export function Moment({ at }: { readonly at: bigint }) {
  const now = useChain().clock.now();
  return (
    <time className="nowrap" dateTime={format.iso(at)} title={format.iso(at)}>
      {format.moment(at, now)}
    </time>
  );
}
