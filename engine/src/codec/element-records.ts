/** The rows inside an array know their own bytes, so that a row flattened out of its record can be written through like any other. */
import type { ByteRange, RecordText, RowMeta } from "../node/index.ts";
import { elementRanges, type Range } from "./json-scan.ts";
import { rangeAt } from "./record-place.ts";

/** Elements of the array at `steps` of a record. They are looked up when one of them is first asked for: most arrays are only read. */
export class ElementRecords {
  readonly record: ByteRange;
  readonly #steps: readonly (string | number)[];
  #ranges: readonly Range[] | undefined;

  constructor(record: ByteRange, steps: readonly (string | number)[]) {
    this.record = record;
    this.#steps = steps;
  }

  metaOf(index: number): RowMeta {
    return { record: new ElementRecord(this, index) };
  }

  rangeOf(index: number): Range {
    this.#ranges ??= elementRanges(this.record.bytes, rangeAt(this.record, this.#steps).start);
    return this.#ranges[index] as Range;
  }
}

/** One element's text. Its range is worked out when asked for, so it is to be passed on by reference, not copied by spreading. */
class ElementRecord implements RecordText {
  readonly #records: ElementRecords;
  readonly #index: number;

  constructor(records: ElementRecords, index: number) {
    this.#records = records;
    this.#index = index;
  }

  get format() {
    return "json" as const;
  }
  get bytes() {
    return this.#records.record.bytes;
  }
  get start() {
    return this.#records.rangeOf(this.#index).start;
  }
  get end() {
    return this.#records.rangeOf(this.#index).end;
  }
}
