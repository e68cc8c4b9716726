/** A record as scanners look at it: with bytes behind it, for they look past its end. One that ends with its buffer is looked at in a copy. */
import { MARGIN } from "./json-bytes.ts";

/** Scanners count places in 32 bits. */
const GREATEST_PLACE = 0x7fff0000;
const LONGEST_COPY_KEPT = 1 << 20;

export class RecordView {
  /** Where the record, or as much of it as is looked at, stands: `view` looks at `bytes`. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  #copy: Uint8Array = this.bytes;
  #copyView = this.view;

  /** Looks at the record, at no more than `most` of its bytes if that takes a copy. */
  look(bytes: Uint8Array, start: number, end: number, most: number = end): void {
    if (end + MARGIN > bytes.length || end > GREATEST_PLACE) {
      this.#lookAtCopy(bytes, start, end - start > most ? start + most : end);
      return;
    }
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.start = start;
    this.end = end;
  }

  #lookAtCopy(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    let copy = this.#copy;
    let view = this.#copyView;
    if (length + MARGIN > copy.length) {
      copy = new Uint8Array(length + MARGIN + Math.min(length, LONGEST_COPY_KEPT));
      view = new DataView(copy.buffer);
      if (length <= LONGEST_COPY_KEPT) {
        this.#copy = copy;
        this.#copyView = view;
      }
    }
    copy.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    this.bytes = copy;
    this.view = view;
    this.start = 0;
    this.end = length;
  }
}
