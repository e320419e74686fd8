const special = /[&<>"\r\n]/;
const attributeSpecials = /[&<>"\r\n]/g;
const textSpecials = /[&<>]/g;

/** Escapes an attribute value as the stock tool does: line breaks survive as references, tabs stay as they are. */
export function escapeAttribute(value: string): string {
  return special.test(value)
    ? value.replace(attributeSpecials, (character) => references[character] ?? character)
    : value;
}

/** Escapes element text: quotes stay as they are. */
export function escapeText(value: string): string {
  return value.replace(textSpecials, (character) => references[character] ?? character);
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
};

/** Attributes in order, each with a blank before it. */
export function attributesText(attributes: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name in attributes) text += ` ${name}="${escapeAttribute(attributes[name] ?? '')}"`;
  return text;
}
