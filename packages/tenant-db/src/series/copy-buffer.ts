/** PostgreSQL's epoch, 2000-01-01T00:00:00Z, in ms since 1970. */
const EPOCH_MS = 946_684_800_000;
const TWO_32 = 4_294_967_296;
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** A text field as it stands in a row: its length and its bytes. Made once for a word that many rows carry. */
export function textField(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const field = Buffer.alloc(4 + bytes.length);
  field.writeInt32BE(bytes.length, 0);
  bytes.copy(field, 4);
  return field;
}

/**
 * Writes rows in the format of `COPY … WITH (FORMAT binary)`: numbers go as they are, without being printed and read again. NaN stands
 * for NULL. `capacity` is the most bytes that all rows can take.
 */
export class CopyBuffer {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #columns: number;
  #at = HEADER.length;

  constructor(columns: number, capacity: number) {
    this.#columns = columns;
    // Not from the shared pool: the view must cover the buffer exactly.
    this.#bytes = Buffer.allocUnsafeSlow(HEADER.length + capacity + 2);
    this.#view = new DataView(this.#bytes.buffer);
    HEADER.copy(this.#bytes);
  }

  row(): void {
    this.#view.setInt16(this.#at, this.#columns);
    this.#at += 2;
  }

  text(field: Uint8Array): void {
    this.#bytes.set(field, this.#at);
    this.#at += field.length;
  }

  double(value: number): void {
    if (Number.isNaN(value)) return this.null();
    this.#view.setInt32(this.#at, 8);
    this.#view.setFloat64(this.#at + 4, value);
    this.#at += 12;
  }

  /** A whole number; 0 where `zeroIsNull` means that it is not known. */
  int(value: number, zeroIsNull = false): void {
    if (zeroIsNull && value === 0) return this.null();
    this.#view.setInt32(this.#at, 4);
    this.#view.setInt32(this.#at + 4, value);
    this.#at += 8;
  }

  /** A timestamptz from ms since 1970. */
  instant(ms: number): void {
    if (Number.isNaN(ms)) return this.null();
    const micros = Math.round((ms - EPOCH_MS) * 1000);
    const high = Math.floor(micros / TWO_32);
    this.#view.setInt32(this.#at, 8);
    this.#view.setInt32(this.#at + 4, high);
    this.#view.setUint32(this.#at + 8, micros - high * TWO_32);
    this.#at += 12;
  }

  null(): void {
    this.#view.setInt32(this.#at, -1);
    this.#at += 4;
  }

  /** Everything written so far, with header and trailer. */
  finish(): Buffer {
    this.#view.setInt16(this.#at, -1);
    return this.#bytes.subarray(0, this.#at + 2);
  }
}
