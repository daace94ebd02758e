/** What to serve. */
export interface ServeOptions {
  /** Folder of the built page. */
  readonly dist: string;
  /**
   * Folder of a deployment: of it only `deployment.json`, `community.json`, `metadata/*.json` and the feeds
   * `activity.atom` and `decisions.atom` are served.
   */
  readonly data: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** What to serve in place of one of those files, by its name; `undefined` for the file itself. */
  readonly overlay?: (
    name: string,
  ) => string | Uint8Array | undefined | Promise<string | Uint8Array | undefined>;
}

/** A server that answers. */
export interface Served {
  readonly port: number;
  /** Address of the page, with its last slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Why a server did not start, in one sentence. */
export class NotServed extends Error {
  constructor(sentence: string, status: number);
  /** Exit code for it. */
  readonly status: number;
}

/** Starts to serve on loopback. Throws {@link NotServed}. */
export function serve(options: ServeOptions): Promise<Served>;
