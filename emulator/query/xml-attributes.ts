import { invalidFetchXml, missingFetchAttribute } from '../errors/query-errors.ts';
import type { XmlElement } from './xml-tree.ts';

/** A member that is there only where it has a value. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const member: Partial<Record<string, Value>> = value === undefined ? {} : { [name]: value };
  return member;
}

/** An attribute that has to be there. */
export function requiredAttribute(element: XmlElement, attribute: string): string {
  const value = element.attributes.get(attribute);
  if (value === undefined || value === '') throw missingFetchAttribute(attribute, element.name);
  return value;
}

/** An attribute that is true or false; false where it is absent. */
export function flagAttribute(element: XmlElement, attribute: string): boolean {
  const value = element.attributes.get(attribute)?.trim().toLowerCase();
  if (value === undefined || value === '' || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw invalidFetchXml(
    `The only valid values for ${attribute} attribute are 'true', 'false', '1', and '0'.`,
  );
}

/** An attribute that is a whole number. */
export function numberAttribute(element: XmlElement, attribute: string): number | undefined {
  const value = element.attributes.get(attribute);
  if (value === undefined || value.trim() === '') return undefined;
  if (!/^\s*\d+\s*$/.test(value)) {
    throw invalidFetchXml(`The ${attribute} attribute must be a number greater than zero.`);
  }
  return Number(value);
}
