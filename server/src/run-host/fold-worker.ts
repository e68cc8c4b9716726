/** The thread that folds a chain of state files. */
import { parentPort, workerData } from "node:worker_threads";
import { type FoldRequest, foldState } from "./fold-state.ts";

parentPort?.postMessage(await foldState(workerData as FoldRequest));
