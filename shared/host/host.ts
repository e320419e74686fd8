/** How to sign in; nothing has been sent yet. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'secret';
      readonly tenantId?: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly kind: 'certificate';
      readonly tenantId?: string;
      readonly clientId: string;
      /** PEM text: certificate and private key. */
      readonly pem: string;
    }
  | {
      readonly kind: 'assertion';
      readonly tenantId: string;
      readonly clientId: string;
      /** A fresh federated token each time it is asked for. */
      readonly assertion: (signal: AbortSignal) => Promise<string>;
    }
  | { readonly kind: 'managed-identity'; readonly clientId?: string }
  | {
      readonly kind: 'device-code';
      readonly tenantId?: string;
      readonly clientId: string;
      readonly show: (message: string) => void;
    };

/** An environment and how to sign in to it. */
export interface Connection {
  /** Origin of the environment, `https://contoso.crm4.dynamics.com`; no path. */
  readonly url: string;
  readonly credential: Credential;
  /** More principals that write beside the first: the service's limits hold for each user. */
  readonly others?: readonly Credential[];
  /** Which of the principals write, by their place, where others write elsewhere; absent: all of them. */
  readonly writers?: readonly number[];
}

export type ConnectionRole = 'environment' | 'source' | 'target';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** What a stage needs from wherever it runs: the Azure Pipelines agent, a terminal, or a test. */
export interface Host {
  /** A task input or flag by its camelCase name; empty counts as absent. */
  input(name: string): string | undefined;
  /** A pipeline variable or environment variable. */
  variable(name: string): string | undefined;
  /** Throws an `InputError` when the role's URL or credential is missing or wrong. */
  connection(role: ConnectionRole): Connection;
  output(name: string, value: string): void;
  maskSecret(value: string): void;
  /**
   * Neutralizes what comes from outside and masks secrets. Lines that name the same part of the work
   * belong together: an agent folds them.
   */
  log(level: LogLevel, text: string, part?: string): void;
  /** What runs now, and how much of the whole is done. */
  progress(label: string, done: number, total: number): void;
  /** Hands a finished file to the platform: run summary, Tests tab, report, its page as data, or artifact. */
  publish(kind: 'summary' | 'tests' | 'report' | 'page' | 'artifact', path: string): Promise<void>;
}
