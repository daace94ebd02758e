/** Starts the page: reads what it was set up for, then follows the network. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { Chain } from "./lib/chain";
import { BadConfig, loadConfig } from "./lib/config";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("root");

async function start(at: HTMLElement): Promise<void> {
  let chain: Chain;
  try {
    chain = new Chain(await loadConfig());
  } catch (error) {
    const why = error instanceof BadConfig ? error.message : "deployment.json could not be read.";
    createRoot(at).render(
      <div className="boot" role="alert">
        <h1>This page does not know its treasury</h1>
        <p>{why}</p>
        <p>
          Put a <code>deployment.json</code> beside <code>index.html</code>; README says what is in
          it.
        </p>
      </div>,
    );
    return;
  }
  chain.start();
  createRoot(at).render(
    <StrictMode>
      <App chain={chain} />
    </StrictMode>,
  );
}

if (root !== null) void start(root);
