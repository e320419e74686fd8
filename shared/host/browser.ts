/** What a page is opened for. */
export interface PageQuestion {
  readonly url: string;
  /** File with the stored session of a person; absent: nobody is signed in. */
  readonly session?: string;
  /** Path of the browser; absent: the machine's own. */
  readonly executable?: string;
  /** Keys of session storage that contain one of these words are looked at. */
  readonly storageWords: readonly string[];
  /** Where the picture of the page goes. */
  readonly screenshot?: string;
  /** How long to wait until the page shows what is hoped for. */
  readonly patienceMs: number;
  readonly isComplete: (seen: PageObservation) => boolean;
}

export interface SeenFrame {
  readonly url: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Neither hidden nor without any size. */
  readonly visible: boolean;
}

/** What a page showed in the end. */
export interface PageObservation {
  /** Where the browser ended up. */
  readonly url: string;
  readonly title: string;
  /** Addresses of everything the page loaded. */
  readonly resources: readonly string[];
  readonly sessionStorage: ReadonlyMap<string, string>;
  readonly frames: readonly SeenFrame[];
  readonly window: { readonly width: number; readonly height: number };
  readonly screenshot?: string;
}

/** A browser as a port: only a terminal has one, because an agent cannot sign in as a person. */
export interface BrowserPort {
  look(question: PageQuestion, signal: AbortSignal): Promise<PageObservation>;
}
