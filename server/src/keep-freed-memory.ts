/**
 * glibc gives freed memory back to the system at once, and every commit of LMDB frees tens of megabytes that the next one takes again: an eighth of a busy run's CPU went
 * into faulting the same pages in. Each thread may keep what the threshold allows, and a warehouse has a dozen of them: with 32 MB base-log takes a fifth more page faults than with 256 MB, and no more CPU
 * (2.6 CPU seconds a million, 2.9 with 256 MB). glibc reads the setting only when a program starts, so on Linux the program replaces itself once, with the setting in its environment.
 */
const SETTINGS = { MALLOC_TRIM_THRESHOLD_: String(32 << 20), MALLOC_TOP_PAD_: String(8 << 20) };

/** Call it first of all; does not return where the program has to begin again. A parent that talks to this process keeps it as it is. */
export function keepFreedMemory(): void {
  const isSet = Object.keys(SETTINGS).some((name) => process.env[name] !== undefined);
  if (process.platform !== "linux" || isSet || process.channel || typeof process.execve !== "function") return;
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, ...SETTINGS });
}
