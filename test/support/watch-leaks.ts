import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What could be seen of a program from outside while it ran. */
export interface Sightings {
  /** Contents of temporary files, also of those that are gone. */
  readonly files: readonly Buffer[];
  /** Command lines of processes that this one started, and of those that they started. */
  readonly commandLines: readonly string[];
  stop(): void;
}

const everyMs = 40;

/** Looks into a folder for temporary files and at the list of processes, again and again. */
export function watchLeaks(folder: string): Sightings {
  const files = new Map<string, Buffer>();
  const commandLines = new Set<string>();
  const look = (): void => {
    for (const path of filesIn(folder)) {
      const content = readIfThere(path);
      if (content !== undefined && content.length > 0)
        files.set(`${path} ${String(content.length)}`, content);
    }
    for (const id of processes()) {
      if (!isBelow(id, process.pid)) continue;
      const line = readIfThere(`/proc/${id}/cmdline`)?.toString('utf8').replaceAll('\0', ' ');
      if (line !== undefined && line !== '') commandLines.add(line);
    }
  };
  const timer = setInterval(look, everyMs);
  return {
    get files() {
      return [...files.values()];
    },
    get commandLines() {
      return [...commandLines];
    },
    stop: () => {
      clearInterval(timer);
      look();
    },
  };
}

function processes(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    // Only Linux tells of processes this way.
    return [];
  }
}

/** Whether a process was started by another one, directly or not. */
function isBelow(id: string, ancestor: number): boolean {
  let at = id;
  for (let steps = 0; steps < 20 && at !== '0'; steps += 1) {
    const status = readIfThere(`/proc/${at}/status`)?.toString('utf8') ?? '';
    at = /^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? '0';
    if (at === String(ancestor)) return true;
  }
  return false;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  } catch {
    return [];
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
