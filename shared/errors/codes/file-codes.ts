import type { CodeEntry } from './code-entry.ts';

/** 11xx: files and packages. */
export const fileCodes = {
  URM1101: {
    title: 'A file or folder is missing',
    cause: 'The path given, or a file that must stand beside it, does not exist.',
    remedy: 'Correct the path, or restore the file named in the message.',
  },
  URM1102: {
    title: 'Not a Configuration Migration package',
    cause:
      'The path holds neither a Configuration Migration zip, nor an unpacked one, nor a package folder.',
    remedy: 'Give the path of a zip with data.xml and data_schema.xml, or of a package folder.',
  },
  URM1103: {
    title: 'XML that cannot be read',
    cause: 'The file is cut off, is not well-formed XML, or is not in the encoding it says.',
    remedy:
      'Correct the place named in the message, or export the file again. The stock tool rejects such files too.',
  },
  URM1104: {
    title: 'A damaged zip',
    cause: 'The archive is cut off, its directory is broken, or a checksum differs.',
    remedy: 'Copy or download the file again.',
  },
  URM1105: {
    title: 'An archive or document that is refused',
    cause:
      'The file asks for something no honest package needs: a path outside the folder, a link, the same entry twice, encryption, a document type with entities, an expansion out of all proportion, or in a folder a pipe, a device or a file larger than any of its kind.',
    remedy: 'Find out where the file comes from; make the package again with the export.',
  },
  URM1106: {
    title: 'A schema that says nothing usable',
    cause: 'data_schema.xml lacks what every schema has, or contradicts itself.',
    remedy: 'Correct the element named in the message, or generate the schema again.',
  },
  URM1107: {
    title: 'A package manifest that cannot be used',
    cause: 'migration.json is not JSON, is of another format, or names steps that are not there.',
    remedy: 'Restore migration.json from the export, or export again.',
  },
  URM1108: {
    title: 'A step differs from what its package says',
    cause: 'The content of a step is not the content that migration.json recorded for it.',
    remedy:
      'Restore the file from the export. To edit a package, unpack it: the folder form holds no hashes.',
  },
  URM1109: {
    title: 'A file of the folder form that cannot be read',
    cause: 'A JSON file of an unpacked package is damaged or says something that has no XML form.',
    remedy: 'Correct the file named in the message.',
  },
  URM1110: {
    title: 'The output path is taken',
    cause: 'Something that is no package stands where the output should be written.',
    remedy: 'Give another path, or remove what stands there.',
  },
  URM1120: {
    title: 'A value of a column that the schema does not have',
    cause:
      'data.xml holds values of columns, or rows of tables, that data_schema.xml does not list.',
    remedy:
      'Add the column to the schema if its values should move. The stock tool drops them without a word.',
  },
  URM1121: {
    title: 'Rows of a table that the schema does not have',
    cause: 'data.xml holds a table that data_schema.xml does not list.',
    remedy: 'Add the table to the schema if its rows should move.',
  },
  URM1122: {
    title: 'A value that its column type cannot hold',
    cause: 'A value in data.xml is not of the form its type in data_schema.xml asks for.',
    remedy: 'Correct the value, or the type of the column in the schema.',
  },
  URM1123: {
    title: 'Row ids that are missing or used twice',
    cause:
      'Rows have no id of their own: exports of 2017 wrote zeros when the key column was not selected.',
    remedy: 'Add the key column to the schema and export again, or set the ids.',
  },
  URM1124: {
    title: 'A table that stands twice in the schema',
    cause: 'data_schema.xml describes the same table more than once.',
    remedy: 'Merge the two descriptions. Until then their columns count together.',
  },
  URM1125: {
    title: 'Dates that can be read in two ways',
    cause:
      'Old exports wrote dates as the exporting computer shows them, and nothing in the file tells day from month.',
    remedy: 'Export again with a current tool, or write the dates as 2024-03-01T09:30:00Z.',
  },
  URM1126: {
    title: 'A column type that is not known',
    cause: 'data_schema.xml gives a column a type that no known version of the format has.',
    remedy: 'Correct the type. Until then its values are carried as text.',
  },
  URM1127: {
    title: 'Links of a relationship that the schema does not have',
    cause: 'data.xml links rows through a relationship that data_schema.xml does not list.',
    remedy: 'Add the relationship to its table in the schema if the links should move.',
  },
  URM1128: {
    title: 'A file that is missing from the package',
    cause: 'A file column names a payload under files/ that the package does not hold.',
    remedy: 'Export again with files, or remove the value.',
  },
  URM1129: {
    title: 'Something else in the package',
    cause: 'The package holds entries that are no part of the format. They are kept, and not read.',
    remedy: 'Nothing, unless something was put there by mistake.',
  },
  URM1130: {
    title: 'A layout that the folder form does not keep',
    cause:
      'The file differs from the usual layout in so many places that they are not recorded; its content is kept whole.',
    remedy: 'Nothing: packing gives the usual layout.',
  },
  URM1131: {
    title: 'Something in the file that is not known',
    cause: 'An element or attribute is no part of the format as it is known. It is kept.',
    remedy: 'Nothing, unless it is a misspelling.',
  },
  URM1132: {
    title: 'A lookup without its target table',
    cause: 'A lookup value does not say which table it points to, and the schema allows several.',
    remedy: 'Add lookupentity to the value. The stock tool leaves such lookups out.',
  },
  URM1133: {
    title: 'A part of the zip that the stock tool does not see',
    cause:
      '[Content_Types].xml is missing, is no such list, or does not name the part or its extension.',
    remedy: 'Nothing for this product; unpack and pack the zip again for the stock tool.',
  },
} as const satisfies Record<`URM11${number}`, CodeEntry>;
