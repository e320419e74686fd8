/**
 * PEM text as it was before a form or a variable took its line ends: one-line fields hand it on with
 * blanks, or with nothing, where lines ended.
 */
export function wholePem(text: string): string {
  const blocks = text.matchAll(/(-----BEGIN ([A-Z0-9 ]+)-----)([^-]*)(-----END \2-----)/g);
  const whole = [...blocks].map(([, begin = '', , body = '', end = '']) => {
    const lines = body.replaceAll(/\\n|\s/g, '').match(/.{1,64}/g) ?? [];
    return [begin, ...lines, end, ''].join('\n');
  });
  return whole.length === 0 ? text : whole.join('');
}
