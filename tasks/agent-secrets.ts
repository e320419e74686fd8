/**
 * Secrets of the agent itself, by the names of their variables. The task library writes them to its
 * debug log while it loads, and a key to them into the working folder; so this module comes before it
 * among the imports, and takes them out of its sight.
 */
export const agentSecrets: ReadonlyMap<string, string> = takeSecrets(process.env, [
  'Agent.ProxyPassword',
  'Agent.ClientCertPassword',
]);

function takeSecrets(variables: NodeJS.ProcessEnv, names: readonly string[]): Map<string, string> {
  const taken = new Map<string, string>();
  for (const name of names)
    // As a public variable, and as the agent hands over those that are secret.
    for (const prefix of ['', 'SECRET_']) {
      const key = `${prefix}${name.replace('.', '_').toUpperCase()}`;
      const value = variables[key] ?? '';
      if (value !== '') taken.set(name, value);
      delete variables[key];
    }
  return taken;
}
