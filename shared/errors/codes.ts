import { channelProviderCodes } from './codes/channel-provider-codes.ts';
import { driftCodes } from './codes/drift-codes.ts';
import { environmentCodes } from './codes/environment-codes.ts';
import { faultCodes } from './codes/fault-codes.ts';
import { fileCodes } from './codes/file-codes.ts';
import { importCodes } from './codes/import-codes.ts';
import { inputCodes } from './codes/input-codes.ts';
import { planCodes } from './codes/plan-codes.ts';
import { rollBackCodes } from './codes/roll-back-codes.ts';
import { verifyCodes } from './codes/verify-codes.ts';

/**
 * The registry of codes: one file per range. A code never changes its meaning and is never used
 * twice; the troubleshooting page is generated from here.
 */
export const codes = {
  ...inputCodes,
  ...fileCodes,
  ...environmentCodes,
  ...planCodes,
  ...importCodes,
  ...verifyCodes,
  ...driftCodes,
  ...channelProviderCodes,
  ...rollBackCodes,
  ...faultCodes,
} as const;

/** A finding's or an error's stable code. */
export type FindingCode = keyof typeof codes;
