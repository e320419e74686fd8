import { connectionTypes } from '#shared/stages/connection-types.ts';

/** The same extension for different eyes: each has ids of its own, so that all can be installed side by side. */
export const editions = {
  release: { suffix: '', title: '', idGroup: undefined, public: true, flags: ['Public'] },
  preview: {
    suffix: '-preview',
    title: ' (preview)',
    idGroup: '00000001',
    public: false,
    flags: ['Preview'],
  },
  dev: { suffix: '-dev', title: ' (dev)', idGroup: '00000000', public: false, flags: ['Preview'] },
} as const;

export type Edition = keyof typeof editions;

/** A manifest as far as editions differ in it. */
interface ExtensionManifest {
  readonly id: string;
  readonly name: string;
  readonly contributions: readonly {
    readonly type: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
}

interface TaskManifest {
  readonly id: string;
  readonly friendlyName: string;
  readonly inputs: readonly { readonly type: string }[];
}

export function isEdition(name: string): name is Edition {
  return Object.hasOwn(editions, name);
}

/** The extension's manifest for an edition. */
export function extensionOf<Manifest extends ExtensionManifest>(
  edition: Edition,
  manifest: Manifest,
): Manifest {
  const { suffix, title, flags, public: isPublic } = editions[edition];
  return {
    ...manifest,
    id: manifest.id + suffix,
    name: manifest.name + title,
    public: isPublic,
    galleryFlags: flags,
    contributions: manifest.contributions.map((contribution) => {
      const { properties, type } = contribution;
      const { supportsTasks } = properties;
      if (type === 'ms.vss-endpoint.service-endpoint-type')
        return {
          ...contribution,
          properties: {
            ...properties,
            name: `${String(properties['name'])}${suffix}`,
            displayName: `${String(properties['displayName'])}${title}`,
          },
        };
      return Array.isArray(supportsTasks)
        ? {
            ...contribution,
            properties: {
              ...properties,
              name: `${String(properties['name'])}${title}`,
              supportsTasks: supportsTasks.map((id) => taskId(edition, String(id))),
            },
          }
        : contribution;
    }),
  };
}

/** A task's manifest for an edition. */
export function taskOf<Manifest extends TaskManifest>(
  edition: Edition,
  manifest: Manifest,
): Manifest {
  const { suffix, title } = editions[edition];
  const own: readonly string[] = connectionTypes
    .filter(({ value }) => value === 'dataverse')
    .map(({ type }) => `connectedService:${type}`);
  return {
    ...manifest,
    id: taskId(edition, manifest.id),
    friendlyName: manifest.friendlyName + title,
    inputs: manifest.inputs.map((input) =>
      own.includes(input.type) ? { ...input, type: input.type + suffix } : input,
    ),
  };
}

/** Tasks of two editions are two tasks to the server. */
function taskId(edition: Edition, id: string): string {
  const { idGroup } = editions[edition];
  return idGroup === undefined ? id : id.replace(/^[^-]+/, idGroup);
}
