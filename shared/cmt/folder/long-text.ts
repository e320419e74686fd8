import { parseJson } from '../json.ts';

/** A long text as a file of its own. */
export interface TextFile {
  readonly extension: 'xml' | 'json' | 'txt';
  readonly content: string;
  /** Laid out for reading; packing takes the layout out again. */
  readonly pretty: boolean;
}

/** Texts from here on get a file of their own, and those of several lines. */
const longChars = 400;

/** Whether a text reads better in a file of its own. */
export function isLongText(text: string): boolean {
  return text.length > longChars || /[\r\n]/.test(text.trimEnd());
}

/** Lays a text out for reading where taking the layout out gives exactly the text back. */
export function textFileOf(text: string): TextFile {
  const start = text.trimStart()[0];
  if (start === '{' || start === '[') {
    const content = prettyJson(text);
    if (content !== undefined) return { extension: 'json', content, pretty: true };
    return { extension: isJson(text) ? 'json' : 'txt', content: text, pretty: false };
  }
  if (start === '<' && text.trimEnd().endsWith('>')) {
    const content = prettyXml(text);
    return content === undefined
      ? { extension: 'xml', content: text, pretty: false }
      : { extension: 'xml', content, pretty: true };
  }
  return { extension: 'txt', content: text, pretty: false };
}

/** Takes the layout of `textFileOf` out again. */
export function plainText(content: string, extension: string): string {
  return extension === 'json' ? JSON.stringify(parseJson(content)) : plainXml(content);
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function prettyJson(text: string): string | undefined {
  try {
    const content = `${JSON.stringify(parseJson(text), undefined, 2)}\n`;
    return plainText(content, 'json') === text ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Line breaks and indents go only between tags, where the text has nothing at all. */
function prettyXml(text: string): string | undefined {
  if (/>\s+</.test(text) || text.includes('<!') || text.trim() !== text) return undefined;
  let depth = 0;
  let content = '';
  for (const tag of text.split(/(?<=>)(?=<)/)) {
    const closes = tag.startsWith('</');
    if (closes) depth = Math.max(0, depth - 1);
    content += `${content === '' ? '' : '\n'}${'  '.repeat(depth)}${tag}`;
    const opens = !closes && !tag.startsWith('<?') && !tag.endsWith('/>') && !tag.includes('</');
    if (opens) depth++;
  }
  content += '\n';
  return plainXml(content) === text ? content : undefined;
}

function plainXml(content: string): string {
  return content.replace(/\r?\n$/, '').replaceAll(/>\r?\n *</g, '><');
}
