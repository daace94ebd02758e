import { createReadStream, existsSync } from "node:fs";
import { join, normalize } from "node:path";

import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/**
 * Where the built page may connect to: the nodes on this machine, unless BUDGET_APP_CONNECT names others
 * (`https://node.example wss://node.example`). Everything else is refused by the browser, also to a script
 * that should not be there.
 */
const CONNECT = process.env["BUDGET_APP_CONNECT"] ?? "http://127.0.0.1:* ws://127.0.0.1:*";

/** No inline script or style, no eval, no other origin, no DOM sink that takes text as markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  `connect-src 'self' ${CONNECT}`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Writes the policy into the built page, where it holds whoever serves it. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** Serves a community's files beside the page while it is developed: BUDGET_APP_DATA names their folder. */
function communityFiles(): Plugin {
  const folder = process.env["BUDGET_APP_DATA"];
  return {
    name: "community-files",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = normalize((request.url ?? "").split("?")[0] ?? "");
        const ours = /^\/(deployment\.json|community\.json|metadata\/[\w.-]+\.json)$/.test(path);
        if (folder === undefined || !ours || !existsSync(join(folder, path))) return next();
        response.setHeader("content-type", "application/json");
        createReadStream(join(folder, path)).pipe(response);
      });
    },
  };
}

export default defineConfig(({ mode }) => ({
  // The page lies in any folder of any host.
  base: "./",
  // The generated client asks for it; a browser has no such thing.
  define: { "process.env": JSON.stringify({ NODE_ENV: mode }) },
  plugins: [react(), contentSecurityPolicy(), communityFiles()],
  build: {
    target: "es2022",
    // A polyfill would be an inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
}));
