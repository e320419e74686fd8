import type { ShapeRow } from './interface.ts';

export const shapeRow: ShapeRow = () => {
  throw new Error('not there yet');
};
