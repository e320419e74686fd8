/** What a fuzzing thread is to do. */
export interface WorkerOrder {
  readonly parser: string;
  readonly seed: number;
  readonly cpuSeconds: number;
  /** The input that is being read: its length, a counter, then its bytes. */
  readonly current: SharedArrayBuffer;
}

/** What it tells. */
export type WorkerMessage =
  | {
      readonly is: 'progress' | 'ended';
      readonly inputs: number;
      readonly cpuSeconds: number;
      readonly blocks: number;
    }
  | { readonly is: 'violated'; readonly input: Uint8Array; readonly what: string }
  | { readonly is: 'found'; readonly input: Uint8Array };
