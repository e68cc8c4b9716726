/**
 * Loaded into each thread of a server whose memory is measured: collects garbage at every full minute, so that what is taken a moment later is what is held. Without it V8 lets garbage and its young generations
 * (up to 100 MB in a busy thread) grow and shrink over many minutes, which hides a leak as well as it looks like one.
 */
import { trimMemory } from "../../server/src/run-host/trim-memory.ts";

const EVERY_MS = 60_000;

function collectAtMinute(): void {
  setTimeout(
    () => {
      trimMemory();
      collectAtMinute();
    },
    EVERY_MS - (Date.now() % EVERY_MS),
  ).unref();
}

collectAtMinute();
