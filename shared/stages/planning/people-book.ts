import type { Identity } from '../../model/identity.ts';
import type { RuleBook } from '../../model/rules.ts';

/**
 * Rows that an organization has and no area moves: files of other tools bring them along. Users and
 * teams are known to Entra by an id of their own, users by their sign-in name, and business units by
 * their path; a root has no parent, and is never told by its name.
 */
const identities: Readonly<Record<string, readonly Identity[]>> = {
  systemuser: [
    { by: 'id' },
    { by: 'unique-name', column: 'azureactivedirectoryobjectid' },
    { by: 'unique-name', column: 'domainname' },
  ],
  team: [{ by: 'id' }, { by: 'unique-name', column: 'azureactivedirectoryobjectid' }],
  businessunit: [{ by: 'id' }, { by: 'key', columns: ['parentbusinessunitid', 'name'] }],
};

/** The rules with those by which people and their organization are recognized. */
export function peopleBook(book: RuleBook): RuleBook {
  return {
    of: (table) => {
      const own = identities[table];
      return own === undefined ? book.of(table) : { ...book.of(table), identities: own };
    },
  };
}
