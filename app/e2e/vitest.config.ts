import { defineConfig } from "vitest/config";

/**
 * The tests that drive a browser against a local network. `cargo xtask e2e` builds what they need and
 * passes it on in `BUDGET_…`; see `support/tools.ts`.
 */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["**/*.test.ts"],
    globalSetup: ["support/setup.ts"],
    pool: "forks",
    // One browser and one network at a time: what is measured must not compete with the next file.
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    reporters: ["verbose"],
  },
});
