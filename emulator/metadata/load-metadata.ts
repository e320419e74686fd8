import type { Metadata } from './metadata.ts';

/** The tables the product ships with; `typeCodeShift` gives custom tables other type codes per environment. */
export function loadMetadata(options: { readonly typeCodeShift: number }): Metadata {
  throw new Error(`no metadata yet (shift ${options.typeCodeShift})`);
}
