import type { ServiceSpec } from './types.ts';

/** A command that runs in a service's surroundings and ends: what fills a volume before the service starts. */
export type Once = { readonly image: 'models'; readonly env: Readonly<Record<string, string>>; readonly user: string };

export type StartRequest = {
  readonly spec: ServiceSpec;
  readonly port: number;
  /** Folder of this service: volumes and log. */
  readonly folder: string;
  /** Ends the service when this process ends, however it ends. */
  readonly bound: boolean;
};

/** Something that is running, as it is written to the set's state file. */
export type Running =
  | { readonly kind: 'process'; readonly pid: number; readonly born: string }
  | { readonly kind: 'container'; readonly id: string };

/** What runs services: processes in an image's files, or a container engine. */
export type Runner = {
  /** Starts it and yields at once; answering is the caller's question. */
  readonly start: (request: StartRequest) => Promise<Running>;
  /** Runs the model image once over a service's volume. */
  readonly fill: (once: Once, request: StartRequest) => Promise<void>;
  readonly alive: (running: Running) => Promise<boolean>;
  /** Sends a signal to the service's own process; SIGKILL ends everything it started too. */
  readonly signal: (running: Running, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => Promise<void>;
};
