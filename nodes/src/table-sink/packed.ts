/** What a sink prepared, as plain JSON: rows as they are written, and as they came in, for those that are refused. Small batches stay readable, larger ones are compressed. */
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";

const SMALL_BYTES = 4_096;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export type Packed = { readonly text: string } | { readonly zstd: string };

export async function pack(bytes: Uint8Array): Promise<Packed> {
  if (bytes.length <= SMALL_BYTES) return { text: Buffer.from(bytes).toString("latin1") };
  return { zstd: (await compress(bytes)).toString("base64") };
}

export async function unpack(packed: Packed): Promise<Buffer> {
  return "text" in packed ? Buffer.from(packed.text, "latin1") : decompress(Buffer.from(packed.zstd, "base64"));
}
