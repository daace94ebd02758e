/** Connecting a wallet, and leaving it. */

import { useId, useRef, useState } from "react";

import {
  type UiWallet,
  type UiWalletAccount,
  useConnect,
  useDisconnect,
  useWalletState,
} from "../lib/wallet";
import { ofAnything } from "../lib/errors";
import { Name } from "./Text";
import "./Wallet.css";

/** Opens the list of wallets. */
export function ConnectButton({ label = "Connect a wallet" }: { readonly label?: string }) {
  const { found, choose } = useWalletState();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} className="act wallets" aria-labelledby={title}>
        <h2 id={title}>Connect a wallet</h2>
        {found.length === 0 ? (
          <p>
            No wallet was found in this browser. Install one that speaks the Wallet Standard and
            reload, or use the command line, <code>budget vote</code>. Everything can be read
            without a wallet.
          </p>
        ) : (
          <ul className="wallets-list">
            {found.map((wallet) => (
              <li key={wallet.name}>
                <Choice
                  wallet={wallet}
                  onAccount={({ address }) => {
                    choose({ wallet: wallet.name, address });
                    dialog.current?.close();
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        <p className="muted small">
          The page learns your address and asks for signatures, one at a time and each with a
          receipt. It never sees a secret key.
        </p>
        <div className="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </dialog>
    </>
  );
}

function Choice({
  wallet,
  onAccount,
}: {
  readonly wallet: UiWallet;
  readonly onAccount: (account: UiWalletAccount) => void;
}) {
  const [connecting, connect] = useConnect(wallet);
  const [refused, setRefused] = useState<string | null>(null);
  const begin = async () => {
    setRefused(null);
    try {
      const [account] = await connect();
      if (account === undefined) setRefused("The wallet gave no account.");
      else onAccount(account);
    } catch (error) {
      const { sentence, name } = ofAnything(error);
      setRefused(name === "Rejected" ? "You refused the connection in your wallet." : sentence);
    }
  };
  return (
    <>
      <button type="button" disabled={connecting} onClick={() => void begin()}>
        {connecting ? `Waiting for ${wallet.name}…` : wallet.name}
      </button>
      {refused === null ? null : (
        <p className="held" role="alert">
          {refused}
        </p>
      )}
    </>
  );
}

/** Who is connected, and the way out. */
export function WalletCorner() {
  const { visitor, account, found, choose } = useWalletState();
  if (visitor === null || account === null) return <ConnectButton />;
  const wallet = found.find(({ name }) => name === visitor.wallet);
  return (
    <details className="corner">
      <summary>
        <span className="visually-hidden">Your wallet: </span>
        <Name address={visitor.address} />
      </summary>
      <div className="corner-menu">
        <p className="muted small">Connected through {visitor.wallet}</p>
        <p>
          <Name address={visitor.address} copy />
        </p>
        {wallet === undefined ? null : <Leave wallet={wallet} onLeft={() => choose(null)} />}
      </div>
    </details>
  );
}

function Leave({ wallet, onLeft }: { readonly wallet: UiWallet; readonly onLeft: () => void }) {
  const [leaving, disconnect] = useDisconnect(wallet);
  return (
    <button
      type="button"
      disabled={leaving}
      onClick={() => {
        // Whether or not the wallet takes part: the page forgets it.
        void disconnect().catch(() => {});
        onLeft();
      }}
    >
      Disconnect
    </button>
  );
}
