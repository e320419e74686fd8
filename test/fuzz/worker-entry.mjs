// Threads do not inherit the loader of their process: it is registered here, before anything in TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
