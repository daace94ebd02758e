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
  useMemo,
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

/** How the page stands with wallets. */
export interface Wallets {
  /** Wallets that can sign for this network. */
  readonly found: readonly UiWallet[];
  /** `null` while no account is connected; the page is then read-only. */
  readonly visitor: Visitor | null;
  readonly choose: (account: UiWalletAccount | null) => void;
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
  const [chosen, setChosen] = useState<{ wallet: string; address: string } | null>(null);
  const account = useMemo(() => {
    if (chosen === null) return null;
    const accounts = found.flatMap((wallet) =>
      wallet.name === chosen.wallet ? wallet.accounts : [],
    );
    return accounts.find(({ address }) => address === chosen.address) ?? null;
  }, [found, chosen]);
  const choose = useCallback(
    (next: UiWalletAccount | null) => {
      const owner = found.find((wallet) =>
        wallet.accounts.some(({ address }) => address === next?.address),
      );
      setChosen(next === null ? null : { wallet: owner?.name ?? "", address: next.address });
      remember(owner?.name ?? null);
    },
    [found],
  );
  const value = { found, choose, account };
  return (
    <>
      <Returning found={found} connected={account !== null} choose={setChosen} />
      {account === null ? (
        <WalletsContext.Provider value={{ ...value, visitor: null }}>
          {children}
        </WalletsContext.Provider>
      ) : (
        <Connected value={value} account={account} wallet={chosen?.wallet ?? ""} chain={chain}>
          {children}
        </Connected>
      )}
    </>
  );
}

function Connected({
  value,
  account,
  wallet,
  chain,
  children,
}: {
  readonly value: Omit<Wallets, "visitor">;
  readonly account: UiWalletAccount;
  readonly wallet: string;
  readonly chain: `solana:${string}`;
  readonly children: ReactNode;
}) {
  const signTransaction = useSignTransaction(account, chain);
  const visitor = useMemo<Visitor | null>(() => {
    if (!isAddress(account.address)) return null;
    const sign: Sign = async (wire) => {
      const { signedTransaction } = await signTransaction({ transaction: wire });
      return signedTransaction;
    };
    return { address: account.address, wallet, sign };
  }, [account.address, wallet, signTransaction]);
  return (
    <WalletsContext.Provider value={{ ...value, visitor }}>{children}</WalletsContext.Provider>
  );
}

/** Connects again, silently, to the wallet of the last visit. */
function Returning({
  found,
  connected,
  choose,
}: {
  readonly found: readonly UiWallet[];
  readonly connected: boolean;
  readonly choose: (next: { wallet: string; address: string }) => void;
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
  readonly choose: (next: { wallet: string; address: string }) => void;
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
