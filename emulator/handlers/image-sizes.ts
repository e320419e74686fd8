import type { Attribute } from '../metadata/metadata.ts';
import type { StoredFile } from '../store/store.ts';

/**
 * An image as its column keeps it: thumbnails only, unless `CanStoreFullImage` was on when it came. What the
 * standard columns keep differs from one environment to the next; here it is full sizes.
 * learn.microsoft.com/power-apps/developer/data-platform/image-column-data
 */
export function keptImage(attribute: Attribute | undefined, file: StoredFile): StoredFile {
  const { given, typeName } = attribute ?? {};
  if (typeName !== 'ImageType' || given === undefined) return file;
  return given['CanStoreFullImage'] === true ? file : { ...file, thumbnail: true };
}
