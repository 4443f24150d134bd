import { expect, it } from 'vitest';
import { attachment } from './item-file.ts';

it.each([
  ['plan.pdf', `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`],
  ['Zähler "Süd".pdf', `attachment; filename="Z_hler _S_d_.pdf"; filename*=UTF-8''Z%C3%A4hler%20%22S%C3%BCd%22.pdf`],
  ["a\r\nb'(1).txt", `attachment; filename="a__b'(1).txt"; filename*=UTF-8''a%0D%0Ab%27%281%29.txt`],
])('names %j in a header', (name, header) => expect(attachment(name)).toBe(header));
