/** Replaces secrets in texts, in the forms in which they usually escape. */
export interface SecretMask {
  /** Gives the forms that were not known before. */
  add(secret: string): readonly string[];
  apply(text: string): string;
}

/** Shorter words are no secrets, and replacing them would make a log unreadable. */
const minSecretChars = 4;

/** Remembers secrets as they are, base64, URL-encoded, as JSON text, and each line of them alone. */
export function createSecretMask(): SecretMask {
  const known = new Set<string>();
  let longestFirst: readonly string[] = [];
  return {
    add: (secret) => {
      // Who masks a secret in base64 has usually masked the secret itself before.
      if (known.has(secret)) return [];
      const fresh = [...new Set(formsOf(secret))].filter(
        (form) => form.length >= minSecretChars && !known.has(form),
      );
      for (const form of fresh) known.add(form);
      longestFirst = [...known].sort((a, b) => b.length - a.length);
      return fresh;
    },
    apply: (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, '***'), text),
  };
}

function formsOf(secret: string): readonly string[] {
  const whole = [secret, ...secret.split(/[\r\n]+/)].map((part) => part.trim());
  return whole.flatMap((part) => {
    const wellFormed = part.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
    const bytes = Buffer.from(part, 'utf8');
    return [
      part,
      bytes.toString('base64'),
      bytes.toString('base64').replaceAll('=', ''),
      bytes.toString('base64url'),
      encodeURIComponent(wellFormed),
      new URLSearchParams({ s: part }).toString().slice(2),
      JSON.stringify(part).slice(1, -1),
    ];
  });
}
