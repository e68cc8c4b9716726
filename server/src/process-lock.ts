/** Kept with the drivers, whose segment files need it too. */
export { isLocked, type ProcessLock, takeLock } from "@millrace/nodes/process-lock";
