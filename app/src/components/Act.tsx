/**
 * A deed on chain: a button, then a plain receipt of what would change, then one signature. Nothing is signed
 * that was not simulated and shown.
 */

import type { Address, Instruction } from "@solana/kit";
import {
  type ReactNode,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

import { useChain } from "../lib/context";
import { type Refusal, ofAnything } from "../lib/errors";
import { exactDigits } from "../lib/format";
import { type Landed, type Prepared, type Progress, prepare, send } from "../lib/transact";
import { type Visitor, useVisitor } from "../lib/wallet";
import { Copy, Name } from "./Text";
import { ConnectButton } from "./Wallet";
import "./Act.css";

/** One line of a receipt. */
export interface Line {
  readonly term: string;
  readonly value: ReactNode;
}

/** What a receipt says. */
export interface Receipt {
  /** The deed in a sentence: `Vote on 3 entries in epoch 7`. */
  readonly title: string;
  /** What will change, in words and numbers. */
  readonly lines: readonly Line[];
  /** What the visitor should think about before signing. */
  readonly warnings?: readonly ReactNode[];
  /** What cannot happen: `This cannot move tokens out of your wallet.` */
  readonly cannot: string;
  /** How to undo it, and until when. */
  readonly undo: ReactNode;
}

/** What is signed, with its receipt. Built when the visitor asks for it, from what holds then. */
export interface Deed extends Receipt {
  readonly instructions: readonly Instruction[];
}

interface Shown {
  readonly kind: "shown";
  readonly deed: Deed;
  readonly prepared: Prepared;
  readonly onLanded: Request["onLanded"];
}

type Step =
  | { readonly kind: "closed" }
  | { readonly kind: "preparing"; readonly label: string }
  | Shown
  | {
      readonly kind: "under way";
      readonly deed: Deed;
      readonly prepared: Prepared;
      readonly progress: Progress;
    }
  | { readonly kind: "landed"; readonly deed: Deed; readonly landed: Landed }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly title: string };

const PROGRESS: Readonly<Record<Progress, string>> = {
  signing: "Waiting for your wallet. Compare the fingerprint there, if it shows one.",
  sending: "Sending…",
  confirming: "Sent. Waiting until the network confirms it…",
};

/** What a button asks the window for. */
interface Request {
  readonly label: string;
  readonly build: (visitor: Address) => Promise<Deed> | Deed;
  readonly onLanded: ((landed: Landed) => void) | undefined;
}

const WindowContext = createContext<(request: Request) => void>(() => {});

/**
 * A button that leads to a receipt and from there to a signature. The window belongs to the page and not to
 * the button: a deed often takes away the reason for its button, and its result must stay.
 */
export function Act({
  label,
  build,
  disabled = false,
  primary = true,
  onLanded,
}: {
  readonly label: string;
  /** Says what would be signed. Throws where the deed makes no sense; its message is shown. */
  readonly build: (visitor: Address) => Promise<Deed> | Deed;
  readonly disabled?: boolean;
  readonly primary?: boolean;
  readonly onLanded?: (landed: Landed) => void;
}) {
  const visitor = useVisitor();
  const ask = useContext(WindowContext);
  if (visitor === null) {
    return (
      <span className="act-closed">
        <ConnectButton
          label={`Connect a wallet to ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
        />
      </span>
    );
  }
  return (
    <button
      type="button"
      className={primary ? "primary" : ""}
      disabled={disabled}
      onClick={() => ask({ label, build, onLanded })}
    >
      {label}
    </button>
  );
}

/** Holds the window in which deeds are shown, signed and reported, for the buttons inside. */
export function ActWindow({ children }: { readonly children: ReactNode }) {
  const chain = useChain();
  const visitor = useVisitor();
  const dialog = useRef<HTMLDialogElement>(null);
  const [step, setStep] = useState<Step>({ kind: "closed" });
  const title = useId();
  const open = step.kind !== "closed";

  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);

  const begin = async ({ label, build, onLanded }: Request, who: Visitor) => {
    setStep({ kind: "preparing", label });
    try {
      const deed = await build(who.address);
      const prepared = await prepare(chain, who.address, deed.instructions);
      setStep({ kind: "shown", deed, prepared, onLanded });
    } catch (error) {
      setStep({ kind: "refused", refusal: ofAnything(error), title: label });
    }
  };

  const sign = async ({ deed, prepared, onLanded }: Shown, who: Visitor) => {
    const under = (progress: Progress) => setStep({ kind: "under way", deed, prepared, progress });
    under("signing");
    try {
      const landed = await send(chain, prepared, who.sign, under);
      setStep({ kind: "landed", deed, landed });
      onLanded?.(landed);
    } catch (error) {
      setStep({ kind: "refused", refusal: ofAnything(error), title: deed.title });
    }
  };

  // The same function at every rendering: no button renders anew for it.
  const latest = useRef<(request: Request) => void>(() => {});
  useLayoutEffect(() => {
    latest.current = (request) => {
      if (visitor !== null && step.kind === "closed") void begin(request, visitor);
    };
  });
  const ask = useCallback((request: Request) => latest.current(request), []);

  const close = () => setStep({ kind: "closed" });
  // A signature that is out cannot be called back by closing a window.
  const closable = step.kind !== "under way";

  return (
    <WindowContext value={ask}>
      {children}
      <dialog
        ref={dialog}
        className="act"
        aria-labelledby={title}
        onCancel={(event) => {
          if (!closable) event.preventDefault();
        }}
        onClose={() => {
          if (closable) close();
        }}
      >
        {step.kind === "preparing" ? (
          <>
            <h2 id={title}>{step.label}</h2>
            <p role="status">Simulating it on the network before anything is signed…</p>
          </>
        ) : null}
        {step.kind === "shown" || step.kind === "under way" ? (
          <>
            <ReceiptView deed={step.deed} prepared={step.prepared} title={title} />
            {step.kind === "under way" ? (
              <p role="status" className="act-progress">
                {PROGRESS[step.progress]}
              </p>
            ) : visitor === null ? (
              <p role="status">The wallet is not connected any more. Nothing was signed.</p>
            ) : (
              <div className="actions">
                <button type="button" className="primary" onClick={() => void sign(step, visitor)}>
                  Sign with {visitor.wallet}
                </button>
                <button type="button" onClick={close}>
                  Cancel
                </button>
              </div>
            )}
          </>
        ) : null}
        {step.kind === "landed" ? (
          <>
            <h2 id={title}>Done: {step.deed.title}</h2>
            <p role="status">
              It landed in slot {step.landed.slot.toLocaleString("en-GB")}, and the page shows what
              changed.
            </p>
            <dl className="facts">
              <div>
                <dt>Transaction</dt>
                <dd>
                  <TransactionLink signature={step.landed.signature} />
                </dd>
              </div>
              <div>
                <dt>To undo it</dt>
                <dd>{step.deed.undo}</dd>
              </div>
            </dl>
            <div className="actions">
              <button type="button" className="primary" autoFocus onClick={close}>
                Close
              </button>
            </div>
          </>
        ) : null}
        {step.kind === "refused" ? (
          <>
            <h2 id={title}>Not done: {step.title}</h2>
            <div role="alert">
              <p>
                <strong>{step.refusal.sentence}</strong>
              </p>
              <p>{step.refusal.advice}</p>
              <p className="muted small">
                Error <code>{step.refusal.name}</code>
              </p>
            </div>
            <div className="actions">
              <button type="button" autoFocus onClick={close}>
                Close
              </button>
            </div>
          </>
        ) : null}
      </dialog>
    </WindowContext>
  );
}

const EXPLORER: Readonly<Record<string, string>> = {
  mainnet: "",
  devnet: "?cluster=devnet",
  testnet: "?cluster=testnet",
};

/** A transaction's signature, with a link where a public explorer knows it. */
export function TransactionLink({ signature }: { readonly signature: string }) {
  const cluster = EXPLORER[useChain().config.cluster];
  const shown = <code>{`${signature.slice(0, 8)}…${signature.slice(-8)}`}</code>;
  return (
    <>
      {cluster === undefined ? (
        shown
      ) : (
        <a
          href={`https://explorer.solana.com/tx/${signature}${cluster}`}
          target="_blank"
          rel="noopener noreferrer"
        >
          {shown}
        </a>
      )}
      <Copy text={signature} what="signature" />
    </>
  );
}

/** Puts the focus on what has just come. React itself does so for controls only. */
function focused(element: HTMLElement | null): void {
  element?.focus();
}

function ReceiptView({
  deed,
  prepared,
  title,
}: {
  readonly deed: Deed;
  readonly prepared: Prepared;
  readonly title: string;
}) {
  const rent = prepared.lamports - prepared.fee;
  return (
    <>
      <p className="muted small act-over">Before you sign</p>
      {/* Reading begins at the top: what is to be signed stands before the button that signs it. */}
      <h2 id={title} tabIndex={-1} ref={focused}>
        {deed.title}
      </h2>
      {deed.warnings?.map((warning, at) => (
        <div className="notice warn" key={at}>
          <p>{warning}</p>
        </div>
      ))}
      <dl className="facts act-lines">
        {deed.lines.map(({ term, value }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>Network fee</dt>
          <dd>{exactDigits(prepared.fee, 9)} SOL</dd>
        </div>
        {rent > 0n ? (
          <div>
            <dt>Locked as rent</dt>
            <dd>{exactDigits(rent, 9)} SOL, back to whoever paid it when the account is closed</dd>
          </div>
        ) : null}
        {rent < 0n ? (
          <div>
            <dt>Rent back</dt>
            <dd>{exactDigits(-rent, 9)} SOL</dd>
          </div>
        ) : null}
        <div>
          <dt>What cannot happen</dt>
          <dd>{deed.cannot}</dd>
        </div>
        <div>
          <dt>To undo it</dt>
          <dd>{deed.undo}</dd>
        </div>
      </dl>
      <details className="act-details">
        <summary>Accounts, computation and exact bytes</summary>
        <p>
          The network simulated it without error: {prepared.units.toLocaleString("en-GB")} units,
          limit {prepared.limit.toLocaleString("en-GB")}.
        </p>
        <ul className="act-accounts">
          {prepared.touched.map(({ address, writable, signer }) => (
            <li key={address}>
              <Name address={address} copy />{" "}
              <span className="muted small">
                {writable ? "changes" : "is read"}
                {signer ? ", signs" : ""}
              </span>
            </li>
          ))}
        </ul>
        <p>
          Fingerprint of the message (SHA-256):{" "}
          <code className="act-fingerprint">{prepared.fingerprint}</code>
        </p>
        <p>
          On another machine, <code>budget explain</code> says from the bytes alone what this signs:{" "}
          <Copy text={prepared.base64} what="transaction in base64" />
        </p>
        <pre className="act-bytes" tabIndex={0} aria-label="The transaction in base64">
          {prepared.base64}
        </pre>
      </details>
    </>
  );
}
