/**
 * A list that stays bytes. A row as objects (its fields, its text, what describes them) costs the collector more than everything else that is done with it, where millions of them wait; as
 * bytes it is one object, and a snapshot or the spill store takes it as it is.
 */
import type { CompactListState } from "../node/operator.ts";
import type { DataType, Value } from "../schema/index.ts";
import { COST, type HeldList, type KeyEntry, type Slot } from "./key-entry.ts";
import { copyOf } from "./spill-store.ts";
import { type ReadValue, readRowHead, valueReader, valueWriter, type WriteValue, withoutTexts } from "./state-value.ts";
import type { StateHost } from "./state-views.ts";
import { type ValueReader, ValueWriter } from "./value-bytes.ts";

/** Longer lists get room to grow, so that adding to them does not copy them each time. */
const ROOM_FROM = 2_048;
const NOTHING: Value[] = [];
/** What is in use for long keeps as much. */
const writer = new ValueWriter(32 << 10);

/** `sum`: to be kept at the elements under all keys. */
export function compactListView(host: StateHost, slot: Slot, sum: { total: number }): CompactListState {
  const { index } = slot;
  const write = slot.writers[0] as WriteValue;
  const read = slot.readers[0] as ReadValue;
  const fields = fieldsOf(slot.types[0] as DataType, slot.options.texts !== false);
  /** Where each element of the list that was read last begins. */
  const begins: number[] = [];
  const held = () => host.current?.slots[index] as HeldList | undefined;
  /** The list that was read last, and its length: who changes a list has mostly just read it. */
  let seen: Uint8Array | undefined;
  let seenLength = 0;
  const lengthOf = (list: HeldList | undefined): number =>
    list?.encoded !== undefined && list.encoded === seen ? seenLength : countElements(list, slot, host.reader);

  function put(entry: KeyEntry, encoded: Uint8Array, before: HeldList | undefined): void {
    host.grow(entry, before === undefined ? COST.LIST + encoded.length : encoded.length - (before.encoded?.length ?? 0));
    if (before === undefined) entry.slots[index] = { encoded, values: NOTHING, at: undefined } satisfies HeldList;
    else before.encoded = encoded;
  }

  function clear(): void {
    const list = held();
    if (list === undefined) return;
    sum.total -= lengthOf(list);
    const entry = host.change();
    host.grow(entry, -(COST.LIST + (list.encoded?.length ?? 0)));
    entry.slots[index] = undefined;
  }

  return {
    add(value) {
      const entry = host.change();
      const list = entry.slots[index] as HeldList | undefined;
      sum.total++;
      const before = list?.encoded;
      writer.begin();
      if (before !== undefined && before.length >= ROOM_FROM) {
        write(writer, value);
        return put(entry, appended(before, writer.peek()), list);
      }
      if (before !== undefined) writer.raw(before);
      write(writer, value);
      put(entry, writer.take(), list);
    },
    get() {
      const encoded = held()?.encoded;
      if (encoded === undefined) return [];
      const values: Value[] = [];
      const reader = host.reader.reset(encoded);
      for (let i = 0; !reader.isAtEnd; i++) {
        begins[i] = reader.position;
        values.push(read(reader));
      }
      seen = encoded;
      seenLength = values.length;
      return values;
    },
    setField(at, name, value) {
      const list = held();
      const encoded = list?.encoded;
      const field = fields.findIndex((other) => other.name === name);
      if (encoded === undefined || encoded !== seen || field === -1)
        throw new Error(`a list that was just read has no field ${name} at ${at}`);
      const reader = host.reader.reset(encoded, begins[at]);
      readRowHead(reader);
      for (let i = 0; i < field; i++) (fields[i] as ListField).read(reader);
      const begin = reader.position;
      (fields[field] as ListField).read(reader);
      const end = reader.position;
      const entry = host.change();
      writer.begin();
      (fields[field] as ListField).write(writer, value);
      const { length } = writer;
      // Nobody has a view of this field: rows that were read have one of their texts alone.
      if (length === end - begin) return encoded.set(writer.peek(), begin);
      const changed = copyOf(writer.peek());
      writer.begin();
      writer.raw(encoded.subarray(0, begin));
      writer.raw(changed);
      writer.raw(encoded.subarray(end));
      put(entry, writer.take(), list);
      seen = undefined;
    },
    set(values) {
      if (values.length === 0) return clear();
      sum.total += values.length - lengthOf(held());
      writer.begin();
      for (const value of values) write(writer, value);
      put(host.change(), writer.take(), held());
    },
    clear,
    get total() {
      return sum.total;
    },
  };
}

/** How many elements a list of bytes has. */
export function countElements(list: HeldList | undefined, slot: Slot, reader: ValueReader): number {
  if (list?.encoded === undefined) return 0;
  const read = slot.readers[0] as ReadValue;
  let count = 0;
  for (reader.reset(list.encoded); !reader.isAtEnd; count++) read(reader);
  return count;
}

interface ListField {
  readonly name: string;
  readonly read: ReadValue;
  readonly write: WriteValue;
}

function fieldsOf(element: DataType, keepsTexts: boolean): readonly ListField[] {
  if (element.type !== "ROW") return [];
  return element.fields.map(({ name, dataType }) => ({
    name,
    read: valueReader(dataType),
    write: valueWriter(keepsTexts ? dataType : withoutTexts(dataType)),
  }));
}

/** Buffers in which one list alone stands, with room behind it. What is copied or read elsewhere may begin a buffer, too, in which other things come after it. */
const WITH_ROOM = new WeakSet<ArrayBuffer>();

function withRoom(length: number): Uint8Array {
  const buffer = new ArrayBuffer(2 * length);
  WITH_ROOM.add(buffer);
  return new Uint8Array(buffer, 0, length);
}

/** The bytes with more behind them; what stood there is not written to, as rows that were read are views of it. */
function appended(before: Uint8Array, more: Uint8Array): Uint8Array {
  const length = before.length + more.length;
  const buffer = before.buffer as ArrayBuffer;
  if (buffer.byteLength >= length && WITH_ROOM.has(buffer)) {
    const grown = new Uint8Array(buffer, 0, length);
    grown.set(more, before.length);
    return grown;
  }
  const grown = withRoom(length);
  grown.set(before);
  grown.set(more, before.length);
  return grown;
}
