/** The visitor's wallet: found by the Wallet Standard, never its keys. */

import { type Address, isAddress } from "@solana/kit";
import { useSignTransaction } from "@solana/react";
import {
  type UiWallet,
  type UiWalletAccount,
  useConnect,
  useDisconnect,
  useWallets,
} from "@wallet-standard/react";
import {
  type ReactNode,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import type { Cluster } from "./config";
import { useConfig } from "./context";
import type { Sign } from "./transact";

/** Who visits. */
export interface Visitor {
  readonly address: Address;
  readonly wallet: string;
  readonly sign: Sign;
}

/** An account of a wallet. */
export interface Chosen {
  /** The wallet's name. */
  readonly wallet: string;
  readonly address: string;
}

/** How the page stands with wallets. */
export interface Wallets {
  /** Wallets that can sign for this network. */
  readonly found: readonly UiWallet[];
  /** `null` while no account is connected; the page is then read-only. */
  readonly visitor: Visitor | null;
  readonly choose: (next: Chosen | null) => void;
  readonly account: UiWalletAccount | null;
}

const WalletsContext = createContext<Wallets>({
  found: [],
  visitor: null,
  choose: () => {},
  account: null,
});

const CHAINS: Readonly<Record<Cluster, `solana:${string}`>> = {
  localnet: "solana:localnet",
  devnet: "solana:devnet",
  testnet: "solana:testnet",
  mainnet: "solana:mainnet",
};

const SIGN = "solana:signTransaction";
const REMEMBERED = "community-budget.wallet";

function usable(wallet: UiWallet, chain: string): boolean {
  // Few wallets list a local network, and a signature does not depend on it: any Solana chain will do.
  const speaks = wallet.chains.some(
    (one) => one === chain || (chain === CHAINS.localnet && one.startsWith("solana:")),
  );
  const features: readonly string[] = wallet.features;
  return speaks && features.includes(SIGN) && features.includes("standard:connect");
}

/** Makes the wallet known to what is inside. */
export function WalletProvider({ children }: { readonly children: ReactNode }) {
  const chain = CHAINS[useConfig().cluster];
  const all = useWallets();
  const found = useMemo(() => all.filter((wallet) => usable(wallet, chain)), [all, chain]);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const account = useMemo(() => {
    if (chosen === null) return null;
    const wallet = found.find(({ name }) => name === chosen.wallet);
    return wallet?.accounts.find(({ address }) => address === chosen.address) ?? null;
  }, [found, chosen]);
  const choose = useCallback((next: Chosen | null) => {
    setChosen(next);
    remember(next?.wallet ?? null);
  }, []);
  // What signs comes from a hook that needs an account. It lives beside the page, so that connecting
  // renders the page anew without taking it down.
  const signer = useRef<Sign | null>(null);
  const keep = useCallback((sign: Sign | null) => {
    signer.current = sign;
  }, []);
  const visitor = useMemo<Visitor | null>(() => {
    if (account === null || chosen === null || !isAddress(account.address)) return null;
    const sign: Sign = (wire) => {
      if (signer.current === null) throw new Error("the wallet is not connected any more");
      return signer.current(wire);
    };
    return { address: account.address, wallet: chosen.wallet, sign };
  }, [account, chosen]);
  const value = useMemo(
    () => ({ found, visitor, choose, account }),
    [found, visitor, choose, account],
  );
  return (
    <>
      <Returning found={found} connected={account !== null} choose={setChosen} />
      {account === null ? null : <Signer account={account} chain={chain} keep={keep} />}
      <WalletsContext.Provider value={value}>{children}</WalletsContext.Provider>
    </>
  );
}

/** Keeps what signs for an account. */
function Signer({
  account,
  chain,
  keep,
}: {
  readonly account: UiWalletAccount;
  readonly chain: `solana:${string}`;
  readonly keep: (sign: Sign | null) => void;
}) {
  const signTransaction = useSignTransaction(account, chain);
  useLayoutEffect(() => {
    keep(async (wire) => (await signTransaction({ transaction: wire })).signedTransaction);
    return () => keep(null);
  }, [keep, signTransaction]);
  return null;
}

/** Connects again, silently, to the wallet of the last visit. */
function Returning({
  found,
  connected,
  choose,
}: {
  readonly found: readonly UiWallet[];
  readonly connected: boolean;
  readonly choose: (next: Chosen) => void;
}) {
  const [name] = useState(remembered);
  const wallet = found.find((one) => one.name === name);
  if (connected || wallet === undefined) return null;
  return <Reconnect key={wallet.name} wallet={wallet} choose={choose} />;
}

function Reconnect({
  wallet,
  choose,
}: {
  readonly wallet: UiWallet;
  readonly choose: (next: Chosen) => void;
}) {
  const [, connect] = useConnect(wallet);
  useEffect(() => {
    let current = true;
    connect({ silent: true }).then(
      ([account]) => {
        if (current && account !== undefined)
          choose({ wallet: wallet.name, address: account.address });
      },
      // A wallet that does not come back by itself is connected by hand.
      () => {},
    );
    return () => {
      current = false;
    };
    // Once for a wallet: `connect` and `choose` are new functions at every rendering.
  }, [wallet.name]);
  return null;
}

// Storage may be switched off; the page then remembers nothing.
function remember(name: string | null): void {
  try {
    if (name === null) localStorage.removeItem(REMEMBERED);
    else localStorage.setItem(REMEMBERED, name);
  } catch {
    return;
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** The wallets, and who is connected. */
export function useWalletState(): Wallets {
  return useContext(WalletsContext);
}

/** Who visits; `null` for somebody who only reads. */
export function useVisitor(): Visitor | null {
  return useContext(WalletsContext).visitor;
}

export { useConnect, useDisconnect };
export type { UiWallet, UiWalletAccount };
