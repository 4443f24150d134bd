import { describe, expect, it } from 'vitest';
import { parseObjectPage, s3ErrorCode } from './s3-answers.ts';

const page = (more: string): string =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>originals</Name><Prefix>h/</Prefix>
   <Contents><Key>h/a/1</Key><Size>11</Size></Contents><Contents><Size>0</Size><Key>h/b/2</Key></Contents>${more}</ListBucketResult>`;

describe('parseObjectPage', () => {
  it('reads keys and sizes in whichever order they stand', () => {
    expect(parseObjectPage(page(''))).toEqual({
      objects: [
        { key: 'h/a/1', bytes: 11 },
        { key: 'h/b/2', bytes: 0 },
      ],
    });
  });
  it('says where the next page begins', () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>1/x&amp;y==</NextContinuationToken>';
    expect(parseObjectPage(page(more)).next).toBe('1/x&y==');
  });
  it('takes an empty bucket', () => {
    expect(parseObjectPage('<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>')).toEqual({ objects: [] });
  });
});

it('knows S3’s word for what went wrong, and that other answers have none', () => {
  expect(s3ErrorCode('<Error><Code>NoSuchKey</Code><Message>x</Message></Error>')).toBe('NoSuchKey');
  expect(s3ErrorCode('<html>Bad gateway</html>')).toBeUndefined();
  expect(s3ErrorCode(undefined)).toBeUndefined();
});
