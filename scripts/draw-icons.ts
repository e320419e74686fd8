// Draws the icons: one sign per task on a square of its own colour, and the extension's own.
import { mkdir, writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';

type Point = readonly [x: number, y: number];
type Colour = readonly [red: number, green: number, blue: number];

/** Strokes on a 32 × 32 grid: lines through points, each 3 wide. */
const signs: Readonly<
  Record<string, { colour: Colour; strokes: readonly (readonly Point[])[]; folder?: string }>
> = {
  Validate: {
    colour: [30, 110, 80],
    strokes: [
      [
        [8, 17],
        [14, 23],
        [25, 10],
      ],
    ],
  },
  GenerateSchema: {
    colour: [80, 70, 150],
    strokes: [
      [
        [9, 9],
        [23, 9],
      ],
      [
        [9, 16],
        [19, 16],
      ],
      [
        [9, 23],
        [23, 23],
      ],
    ],
  },
  Export: {
    colour: [20, 95, 150],
    strokes: [
      [
        [16, 20],
        [16, 7],
      ],
      [
        [10, 13],
        [16, 7],
        [22, 13],
      ],
      [
        [7, 19],
        [7, 25],
        [25, 25],
        [25, 19],
      ],
    ],
  },
  Plan: {
    colour: [150, 90, 15],
    strokes: [
      [
        [8, 9],
        [8, 9],
      ],
      [
        [13, 9],
        [24, 9],
      ],
      [
        [8, 16],
        [8, 16],
      ],
      [
        [13, 16],
        [24, 16],
      ],
      [
        [8, 23],
        [8, 23],
      ],
      [
        [13, 23],
        [20, 23],
      ],
    ],
  },
  Import: {
    colour: [18, 60, 105],
    strokes: [
      [
        [16, 7],
        [16, 20],
      ],
      [
        [10, 14],
        [16, 20],
        [22, 14],
      ],
      [
        [7, 19],
        [7, 25],
        [25, 25],
        [25, 19],
      ],
    ],
  },
  Verify: {
    colour: [120, 40, 90],
    strokes: [
      [
        [21, 21],
        [26, 26],
      ],
      [
        [14, 7],
        [19, 9],
        [21, 14],
        [19, 19],
        [14, 21],
        [9, 19],
        [7, 14],
        [9, 9],
        [14, 7],
      ],
    ],
  },
  // A line that leaves the straight one.
  CheckDrift: {
    colour: [95, 85, 20],
    strokes: [
      [
        [6, 22],
        [26, 22],
      ],
      [
        [6, 22],
        [14, 21],
        [20, 16],
        [26, 8],
      ],
    ],
  },
  // An arrow that turns back.
  RollBack: {
    colour: [165, 50, 40],
    strokes: [
      [
        [12, 7],
        [7, 12],
        [12, 17],
      ],
      [
        [7, 12],
        [19, 12],
        [24, 15],
        [25, 19],
        [23, 23],
        [19, 25],
        [11, 25],
      ],
    ],
  },
  // A handset that is handed on.
  ChannelProviderMigrate: {
    folder: 'ChannelProviderMigrate',
    colour: [0, 105, 115],
    strokes: [
      [
        [8, 12],
        [8, 8],
        [14, 8],
        [14, 12],
      ],
      [
        [18, 20],
        [18, 24],
        [24, 24],
        [24, 20],
      ],
      [
        [11, 17],
        [21, 12],
      ],
      [
        [17, 10],
        [21, 12],
        [19, 16],
      ],
    ],
  },
};

const root = new URL('../', import.meta.url);
for (const [task, { colour, strokes, folder: name }] of Object.entries(signs)) {
  const folder = new URL(`tasks/${name ?? `UnifiedRouting${task}`}/`, root);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('icon.png', folder), png(32, colour, strokes));
}
await mkdir(new URL('images/', root), { recursive: true });
// Calls from the left find their way to three queues.
const routes: readonly (readonly Point[])[] = [
  [
    [6, 16],
    [13, 16],
    [19, 8],
    [26, 8],
  ],
  [
    [13, 16],
    [26, 16],
  ],
  [
    [13, 16],
    [19, 24],
    [26, 24],
  ],
];
await writeFile(new URL('images/icon-128.png', root), png(128, [18, 60, 105], routes));

/** A square with round corners in the colour, the strokes in white, both smoothed at their edges. */
function png(size: number, colour: Colour, strokes: readonly (readonly Point[])[]): Buffer {
  const scale = 32 / size;
  const rows: Buffer[] = [];
  for (let y = 0; y < size; y += 1) {
    const row = Buffer.alloc(1 + size * 4);
    for (let x = 0; x < size; x += 1) {
      const at: Point = [(x + 0.5) * scale, (y + 0.5) * scale];
      const ink = cover(1.5 - distanceToStrokes(at, strokes), scale);
      colour.forEach((part, channel) => {
        row[1 + x * 4 + channel] = Math.round(part + (255 - part) * ink);
      });
      row[1 + x * 4 + 3] = Math.round(255 * cover(insideSquare(at), scale));
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32Of(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** How much of a pixel a shape covers whose edge is `inside` away. */
function cover(inside: number, scale: number): number {
  return Math.min(1, Math.max(0, inside / scale + 0.5));
}

function insideSquare([x, y]: Point): number {
  const corner = 6;
  const dx = Math.max(Math.abs(x - 16) - (16 - corner), 0);
  const dy = Math.max(Math.abs(y - 16) - (16 - corner), 0);
  return corner - Math.hypot(dx, dy);
}

function distanceToStrokes(at: Point, strokes: readonly (readonly Point[])[]): number {
  let nearest = Infinity;
  for (const stroke of strokes)
    stroke.forEach((to, index) => {
      nearest = Math.min(nearest, distanceToLine(at, stroke[index - 1] ?? to, to));
    });
  return nearest;
}

function distanceToLine([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

/** CRC-32 as PNG wants it; Node has one of its own from 22 on only. */
function crc32Of(bytes: Buffer): number {
  let crc = 0xff_ff_ff_ff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xed_b8_83_20 : 0);
  }
  return (crc ^ 0xff_ff_ff_ff) >>> 0;
}
