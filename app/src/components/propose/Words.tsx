/** The words of a proposal: title, text, and where the text will be. */

import { MAX_TITLE_BYTES, MAX_URI_BYTES, type WordsForm, bytesOf } from "../../lib/draft";
import { TextField } from "./Field";
import { Metadata } from "./Metadata";

/** What a field is told: how to change it, what is wrong with it, and that somebody has been there. */
export interface Handle<F> {
  readonly problem: (field: keyof F & string) => string | null;
  readonly change: (part: Partial<F>) => void;
  readonly leave: (field: keyof F & string) => void;
}

export function WordsFields({
  form,
  kind,
  handle: { problem, change, leave },
}: {
  readonly form: WordsForm;
  readonly kind: "ask" | "act";
  readonly handle: Handle<WordsForm>;
}) {
  const size = bytesOf(form.title.trim());
  return (
    <>
      <TextField
        label="Title"
        wide
        problem={problem("title")}
        aside={`${size} of ${MAX_TITLE_BYTES} bytes`}
        hint="On chain, and all that some voters will read. Letters beyond A to Z take two bytes or more."
        value={form.title}
        onChange={(title) => change({ title })}
        onLeave={() => leave("title")}
      />
      <TextField
        label={kind === "ask" ? "Summary" : "Reasons"}
        wide
        problem={problem("summary")}
        hint={
          kind === "ask"
            ? "What you will do, for whom, and how one can tell that it is done."
            : "Why something is to change."
        }
        rows={5}
        value={form.summary}
        onChange={(summary) => change({ summary })}
        onLeave={() => leave("summary")}
      />
      {kind === "ask" ? (
        <TextField
          label="Deliverables"
          problem={null}
          hint="One a line. Reviews will be held against them."
          rows={4}
          value={form.deliverables}
          onChange={(deliverables) => change({ deliverables })}
        />
      ) : null}
      <TextField
        label="Links"
        wide={kind === "act"}
        problem={null}
        hint="One a line. Only https is opened for readers."
        rows={kind === "act" ? 2 : 4}
        value={form.links}
        onChange={(links) => change({ links })}
      />
    </>
  );
}

/** The file of those words, and its address. */
export function FileFields({
  form,
  kind,
  handle: { problem, change, leave },
}: {
  readonly form: WordsForm;
  readonly kind: "ask" | "act";
  readonly handle: Handle<WordsForm>;
}) {
  return (
    <>
      <Metadata form={form} kind={kind} />
      <TextField
        label="Address of the file"
        wide
        problem={problem("uri")}
        aside={`${bytesOf(form.uri.trim())} of ${MAX_URI_BYTES} bytes`}
        hint="Without one, voters find the hash alone and cannot read the text."
        type="url"
        inputMode="url"
        placeholder="https://"
        value={form.uri}
        onChange={(uri) => change({ uri })}
        onLeave={() => leave("uri")}
      />
    </>
  );
}
