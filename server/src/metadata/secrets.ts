/**
 * Secrets at rest. They are encrypted with a key that is not in the data folder: a copy of the folder (a backup, a bug report) gives nothing away. The key comes from the
 * environment, or lies beside the data folder, made when the first secret is stored.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

export interface SecretBox {
  seal(text: string): string;
  /** Throws when the key is missing or another one, with the remedy. */
  open(sealed: string): string;
}

const PREFIX = "aes-256-gcm:";

/** `keyFile`: where the key lies if `MILLRACE_SECRET_KEY` (handed in as `fromEnvironment`) does not give it. */
export function createSecretBox(keyFile: string, fromEnvironment: string | undefined): SecretBox {
  let known: Buffer | undefined = fromEnvironment ? createHash("sha256").update(fromEnvironment).digest() : undefined;

  function key(make: boolean): Buffer {
    if (known) return known;
    if (make && !existsSync(keyFile)) writeFileSync(keyFile, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    if (!existsSync(keyFile)) {
      throw new Error(
        `the key of the stored secrets is not there: expected it in ${keyFile} or in MILLRACE_SECRET_KEY. Bring it back, or enter the secrets anew.`,
      );
    }
    const bytes = Buffer.from(readFileSync(keyFile, "utf8").trim(), "hex");
    if (bytes.length !== 32)
      throw new Error(`${keyFile} does not hold a key of 64 hexadecimal digits. Bring back the file, or enter the secrets anew.`);
    known = bytes;
    return bytes;
  }

  return {
    seal(text) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key(true), iv);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
    },

    open(sealed) {
      const bytes = Buffer.from(sealed.slice(PREFIX.length), "base64");
      const decipher = createDecipheriv("aes-256-gcm", key(false), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
      } catch {
        throw new Error("a stored secret cannot be read with this key. Bring back the key it was stored with, or enter the secret anew.");
      }
    },
  };
}
