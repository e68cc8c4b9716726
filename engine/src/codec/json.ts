/** The JSON codec, over `JSON.parse`. */
import type { Codec } from "./codec.ts";
import { jsonDecoder } from "./json-decode.ts";
import { jsonEncoder } from "./json-encode.ts";

export const jsonCodec: Codec = {
  name: "json",
  decoder: (schema, wanted, _format, check) => jsonDecoder(schema, wanted, check),
  encoder: (schema, format) => jsonEncoder(schema, format),
};
