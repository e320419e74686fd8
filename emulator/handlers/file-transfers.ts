import { randomUUID } from 'node:crypto';

/** One file on its way into a column. */
export interface Upload {
  readonly table: string;
  readonly id: string;
  readonly column: string;
  readonly fileName: string;
  /** Chunks in the order of their bytes, or blocks by their id. */
  readonly chunks: Uint8Array[];
  readonly blocks: Map<string, Uint8Array>;
}

/** One file on its way out. */
export interface Download {
  readonly bytes: Uint8Array;
}

/** Uploads and downloads that take several requests, by the token the client repeats. */
export class FileTransfers {
  readonly #uploads = new Map<string, Upload>();
  readonly #downloads = new Map<string, Download>();

  beginUpload(upload: Omit<Upload, 'chunks' | 'blocks'>): string {
    const token = randomUUID();
    this.#uploads.set(token, { ...upload, chunks: [], blocks: new Map() });
    return token;
  }

  upload(token: string): Upload | undefined {
    return this.#uploads.get(token);
  }

  endUpload(token: string): void {
    this.#uploads.delete(token);
  }

  beginDownload(download: Download): string {
    const token = randomUUID();
    this.#downloads.set(token, download);
    return token;
  }

  download(token: string): Download | undefined {
    return this.#downloads.get(token);
  }
}
