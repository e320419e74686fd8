import { fileBlocked } from '../errors/message-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell } from '../store/store.ts';

/** What organizations do not let in, unless their administrators change `blockedattachments`: learn.microsoft.com/power-platform/admin/system-settings-dialog-box-general-tab */
const blocked: ReadonlySet<string> = new Set(
  'ade adp app asa ashx asmx asp bas bat cdx cer chm class cmd com config cpl crt csh dll exe fxp hlp hta htr htw ida idc idq inf ins isp its jar js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh1xml msh2 msh2xml mshxml msi msp mst ops pcd pif prf prg printer pst reg rem scf scr sct shb shs shtm shtml soap stm svg tmp url vb vbe vbs vsmacros vss vst vsw ws wsc wsf wsh'.split(
    ' ',
  ),
);

/** Refuses a file by the end of its name. */
export function assertNotBlocked(fileName: string): void {
  const end = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  if (fileName.includes('.') && blocked.has(end)) throw fileBlocked();
}

/** Notes and attachments name their file in a column. */
export function assertFileOfRow(entity: Entity, cells: ReadonlyMap<string, Cell>): void {
  if (entity.logicalName !== 'annotation' && entity.logicalName !== 'activitymimeattachment')
    return;
  const name = cells.get('filename');
  if (typeof name === 'string') assertNotBlocked(name);
}
