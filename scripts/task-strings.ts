import type { taskManifest } from './task-manifest.ts';

type Manifest = ReturnType<typeof taskManifest>;

/** The texts of a task's form by the keys under which translations are looked up. */
export function taskStrings(manifest: Manifest): Readonly<Record<string, string>> {
  const { friendlyName, helpMarkDown, description, instanceNameFormat, groups, inputs } = manifest;
  return {
    'loc.friendlyName': friendlyName,
    'loc.helpMarkDown': helpMarkDown,
    'loc.description': description,
    'loc.instanceNameFormat': instanceNameFormat,
    ...Object.fromEntries(
      groups.map(({ name, displayName }) => [`loc.group.displayName.${name}`, displayName]),
    ),
    ...Object.fromEntries(
      inputs.flatMap(({ name, label, helpMarkDown: help }) => [
        [`loc.input.label.${name}`, label],
        [`loc.input.help.${name}`, help],
      ]),
    ),
  };
}

/** The manifest with keys in place of texts: what a translation tool works on. */
export function localizableManifest(manifest: Manifest): unknown {
  const key = (name: string): string => `ms-resource:loc.${name}`;
  return {
    ...manifest,
    friendlyName: key('friendlyName'),
    helpMarkDown: key('helpMarkDown'),
    description: key('description'),
    instanceNameFormat: key('instanceNameFormat'),
    groups: manifest.groups.map((group) => ({
      ...group,
      displayName: key(`group.displayName.${group.name}`),
    })),
    inputs: manifest.inputs.map((input) => ({
      ...input,
      label: key(`input.label.${input.name}`),
      helpMarkDown: key(`input.help.${input.name}`),
    })),
  };
}
