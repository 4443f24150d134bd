import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** A PNG with 16 shades of grey, two pixels a byte. `shades` holds 0 (black) to 15 (white), row by row; the width must be even. */
export function encodePng(shades: Uint8Array, width: number, height: number): Buffer {
  if (width % 2 !== 0 || shades.length !== width * height)
    throw new Error('The picture needs an even width and one shade a pixel');
  const stride = width / 2 + 1;
  const rows = Buffer.alloc(stride * height);
  for (let i = 0; i < shades.length; i += 2) {
    const y = Math.floor(i / width);
    rows[y * stride + 1 + (i % width) / 2] = ((shades[i] ?? 0) << 4) | (shades[i + 1] ?? 0);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([4, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
