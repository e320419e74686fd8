import type { Entity } from '../metadata/metadata.ts';
import { ServiceError } from '../service-error.ts';

/** A row that is to be closed and is no more open. */
export function alreadyClosed(entity: Entity): ServiceError {
  switch (entity.logicalName) {
    case 'opportunity':
      return new ServiceError(400, '0x80040515', 'The opportunity is already closed.');
    case 'lead':
      return new ServiceError(400, '0x80040519', 'The lead is already closed.');
    default:
      return new ServiceError(400, '0x80044411', 'Already Closed or Canceled');
  }
}

/** What is to be put into a queue that it is in. */
export function activeQueueItem(): ServiceError {
  return new ServiceError(
    400,
    '0x80040526',
    'An active queue item already exists for the given object. Cannot create more than one active queue item for this object.',
  );
}

/** A user who is in the team already. */
export function alreadyMember(): ServiceError {
  return new ServiceError(412, '0x80040237', 'Cannot insert duplicate key.');
}

/** A duplicate detection rule found a row that is like the one to be written. */
export function duplicatesFound(): ServiceError {
  return new ServiceError(
    412,
    '0x80040333',
    'A record was not created or updated because a duplicate of the current record already exists.',
  );
}

/** A delta link that is too old, or that nobody gave out. */
export function expiredToken(): ServiceError {
  return new ServiceError(
    400,
    '0x80044352',
    'Version stamp associated with the client has expired. Please perform a full sync.',
  );
}

/** Changes of a table that keeps none. */
export function changeTrackingOff(entity: Entity): ServiceError {
  return new ServiceError(
    400,
    '0x80072491',
    `Change tracking is not enabled for entity ${entity.logicalName}.`,
  );
}

/** Whoever follows changes follows all of a table: learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems */
export function untrackableOption(option: string): ServiceError {
  return new ServiceError(
    400,
    '0x80060888',
    `The "${option}" query parameter isn't supported when Change Tracking is enabled.`,
  );
}

/** Elastic tables have no joins. */
export function linksNotSupported(): ServiceError {
  return new ServiceError(400, '0x80048d0b', 'Link entities are not supported');
}

/** A file beyond what its column may hold. */
export function fileTooLarge(): ServiceError {
  return new ServiceError(400, '0x80044a02', 'Attachment file size is too big.');
}

/** An image beyond what its column may hold. */
export function imageTooLarge(mostBytes: number, bytes: number): ServiceError {
  const inMegabytes = (size: number): number => Math.floor(size / 1024 / 1024);
  return new ServiceError(
    400,
    '0x80072553',
    `Error occured when processing image. Reason: File size is too big. MaxSize: ${inMegabytes(mostBytes)} MB, Uploaded filesize: ${inMegabytes(bytes)} MB.`,
  );
}

/** A range that begins behind the end of a file. */
export function rangeNotThere(): ServiceError {
  return new ServiceError(416, '0x80090000', 'The requested range of the file is not valid.');
}

/** A file of a kind that the organization does not let in. */
export function fileBlocked(): ServiceError {
  return new ServiceError(
    400,
    '0x80043e09',
    'The attachment is either not a valid type or is too large. It cannot be uploaded or downloaded.',
  );
}

/** A parameter that should be XML and is not. */
export function invalidXml(): ServiceError {
  return new ServiceError(400, '0x80040201', 'Invalid XML.');
}

/** An image that came while its column kept thumbnails only: learn.microsoft.com/power-apps/developer/data-platform/image-column-data */
export function noFullImage(
  { logicalName }: Entity,
  of: { readonly column: string; readonly image: string; readonly row: string },
): ServiceError {
  return new ServiceError(
    404,
    '0x80040217',
    `No FileAttachment records found for imagedescriptorId: ${of.image} for image attribute: ${of.column} of ${logicalName} record with id ${of.row}`,
  );
}

/** A solution that is named and not there. */
export function unknownSolution(uniqueName: string): ServiceError {
  return new ServiceError(
    404,
    '0x80040217',
    `solution With UniqueName = ${uniqueName} Does Not Exist`,
  );
}

/** Only what was made here can be given out. */
export function managedExport(): ServiceError {
  return new ServiceError(
    400,
    '0x80048036',
    'An error occurred while exporting a solution. Managed solutions cannot be exported.',
  );
}

/** An image that is not its table's primary one, in a row that is being made. */
export function nonPrimaryImage(table: string, column: string): ServiceError {
  return new ServiceError(
    400,
    '0x80090487',
    `Non-primary image attribute ${column} of entity ${table} is not allowed to upload during Create operation.`,
  );
}
