/** Calls `stop` at the first Ctrl+C (or SIGTERM); a second one ends the process at once. */
export function onStop(stop: (signal: NodeJS.Signals) => void): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      stop(signal);
    });
  }
}
