import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** To be called before anything is measured: what preparing it left would be collected meanwhile, by threads of its own while the main one waits, and be counted as the run's. */
export const collectGarbage = runInNewContext("gc") as () => void;
