/**
 * What all suites share. What a test waits for comes or does not; how soon is the benchmarks' question, and a busy machine is slow: these
 * ceilings only end what hangs.
 */
export const PATIENT = { testTimeout: 60_000, hookTimeout: 180_000, expect: { poll: { timeout: 30_000 } } };
