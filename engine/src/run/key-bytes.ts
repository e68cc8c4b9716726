/** The bytes of sinks' keys: one that came before as the same bytes. Most devices, users and orders come again; rows of one record, at whatever sinks, one after the other. */

/** Keys whose bytes are remembered. */
const MOST_KEYS = 4_096;
const utf8 = new TextEncoder();

export class KeyBytes {
  private readonly known = new Map<string, Uint8Array>();
  private lastKey: string | undefined;
  private lastBytes: Uint8Array = new Uint8Array(0);

  of(key: string): Uint8Array {
    // Without this the map's hash of each text costs more than all the rest here.
    if (key === this.lastKey) return this.lastBytes;
    let bytes = this.known.get(key);
    if (bytes === undefined) {
      if (this.known.size === MOST_KEYS) this.known.clear();
      // Not Buffer.from: that cuts it out of a pool, of which each key that is kept would keep 64 KB.
      bytes = utf8.encode(key);
      this.known.set(key, bytes);
    }
    this.lastKey = key;
    this.lastBytes = bytes;
    return bytes;
  }
}
