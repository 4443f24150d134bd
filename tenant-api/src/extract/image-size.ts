/** Width and height of a picture in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

function pngSize(head: Buffer): ImageSize | undefined {
  if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Frame headers carry the size; C4, C8 and CC in their range are something else. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(head: Buffer): ImageSize | undefined {
  for (let at = 2; at + 9 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2)) {
    if (isFrame(head[at + 1] ?? 0)) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
  }
  return undefined;
}

/** The first directory of a TIFF, as far as it lies in the head. */
function tiffSize(head: Buffer): ImageSize | undefined {
  const little = head[0] === 0x49;
  const u16 = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const u32 = (at: number): number => (little ? head.readUInt32LE(at) : head.readUInt32BE(at));
  const from = head.length < 8 ? head.length : u32(4);
  if (from + 2 > head.length) return undefined;
  const sizes = new Map<number, number>();
  for (let at = from + 2, left = u16(from); left > 0 && at + 12 <= head.length; at += 12, left -= 1) {
    sizes.set(u16(at), u16(at + 2) === 3 ? u16(at + 8) : u32(at + 8));
  }
  const [width, height] = [sizes.get(256), sizes.get(257)];
  return width === undefined || height === undefined ? undefined : { width, height };
}

const readers: Readonly<Record<string, (head: Buffer) => ImageSize | undefined>> = {
  'image/png': pngSize,
  'image/jpeg': jpegSize,
  'image/tiff': tiffSize,
};

/** What a picture's header says of its size; undefined where the header does not lie in `head`, or it is no picture. */
export function imageSize(head: Buffer, mediaType: string): ImageSize | undefined {
  return readers[mediaType]?.(head);
}
