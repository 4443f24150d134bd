import { Parser } from 'htmlparser2';

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

export interface ObjectPage {
  /** In the order of keys. */
  readonly objects: StoredObject[];
  /** Where the next page begins; undefined on the last one. */
  readonly next?: string;
}

/** Reads the answer to ListObjectsV2. Keys are taken as they stand: ours hold nothing that XML would escape. */
export function parseObjectPage(xml: string): ObjectPage {
  const objects: { key: string; bytes: number }[] = [];
  let text = '';
  let next: string | undefined;
  const current = { key: '', bytes: 0 };
  const onEnd: Readonly<Record<string, () => void>> = {
    Key: () => void (current.key = text),
    Size: () => void (current.bytes = Number(text)),
    Contents: () => void objects.push({ ...current }),
    NextContinuationToken: () => void (next = text),
  };
  const parser = new Parser(
    {
      onopentag: () => void (text = ''),
      ontext: (piece) => void (text += piece),
      onclosetag: (name) => onEnd[name]?.(),
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return { objects, ...(next === undefined ? {} : { next }) };
}

/** S3's own word for what went wrong, such as NoSuchKey; undefined when the answer is not S3's. */
export function s3ErrorCode(xml: string | undefined): string | undefined {
  return /<Code>([A-Za-z0-9]+)<\/Code>/u.exec(xml ?? '')?.[1];
}
