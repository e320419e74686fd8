import type { FieldNode } from './encode-value.ts';
import { attributesText, escapeAttribute, escapeText } from './xml/escape.ts';

const newline = '\r\n';
/** Attributes of the root; a timestamp only when asked for, so that the same rows give the same bytes. */
export function rootAttributes(timestamp?: string): Readonly<Record<string, string>> {
  return {
    'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** The root's start tag, not yet closed, after the empty first line. */
export function rootStart(attributes: Readonly<Record<string, string>>): string {
  return `${newline}<entities${attributesText(attributes)}`;
}

export const rootEnd = `${newline}</entities>`;

/** The table's start tag. */
export function tableStart(attributes: Readonly<Record<string, string>>): string {
  return `${newline}  <entity${attributesText(attributes)}>`;
}

export const tableEnd = `${newline}  </entity>`;

/** A container's tags at the table's level; `<records />` when nothing is in it. */
export function container(name: 'records' | 'm2mrelationships'): {
  readonly start: string;
  readonly end: string;
  readonly empty: string;
} {
  return {
    start: `${newline}    <${name}>`,
    end: `${newline}    </${name}>`,
    empty: `${newline}    <${name} />`,
  };
}

/** A whole record. */
export function recordText(id: string, fields: readonly FieldNode[]): string {
  const start = `${newline}      <record id="${escapeAttribute(id)}"`;
  if (fields.length === 0) return `${start} />`;
  let text = `${start}>`;
  for (const field of fields) text += fieldText(field, `${newline}        `);
  return `${text}${newline}      </record>`;
}

function fieldText(field: FieldNode, indent: string): string {
  if ('xml' in field) return indent + field.xml;
  const start = `${indent}<field${attributesText(field.attributes)}`;
  if (field.parties === undefined || field.parties.length === 0) return `${start} />`;
  let text = `${start}>`;
  for (const party of field.parties) {
    text += `${indent}  <activitypointerrecords id="${escapeAttribute(party.id)}"`;
    if (party.fields.length === 0) text += ' />';
    else {
      text += '>';
      for (const part of party.fields) text += fieldText(part, `${indent}    `);
      text += `${indent}  </activitypointerrecords>`;
    }
  }
  return `${text}${indent}</field>`;
}

/** A many-to-many group up to its first target. */
export function linkGroupStart(group: {
  readonly source: string;
  readonly target: string;
  readonly targetIdColumn: string;
  readonly relationship: string;
}): string {
  return (
    `${newline}      <m2mrelationship sourceid="${escapeAttribute(group.source)}"` +
    ` targetentityname="${escapeAttribute(group.target)}"` +
    ` targetentitynameidfield="${escapeAttribute(group.targetIdColumn)}"` +
    ` m2mrelationshipname="${escapeAttribute(group.relationship)}">${newline}        <targetids>`
  );
}

export function linkTarget(id: string): string {
  return `${newline}          <targetid>${escapeText(id)}</targetid>`;
}

export const linkGroupEnd = `${newline}        </targetids>${newline}      </m2mrelationship>`;

/** `[Content_Types].xml`: the 191 bytes of every genuine export. */
export const contentTypes: Uint8Array = Buffer.from(
  '\ufeff<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
    '<Default Extension="xml" ContentType="application/octet-stream" /></Types>',
);
