import { STATUS_CODES } from 'node:http';

/** Reason phrases as the service writes them inside batches: it knows no name for 429. */
export function reasonPhrase(status: number): string {
  return status === 429 ? 'Unknown Status Code' : (STATUS_CODES[status] ?? 'Unknown Status Code');
}
