/** Waits of a loop that messages cut short. */
export interface Pauses {
  /** Resolves with false when woken early. A pause of 0 lets messages and timers in. */
  pause(ms: number): Promise<boolean>;
  /** Ends the pause that the loop is in, or else the next one. */
  wake(): void;
}

export function createPauses(): Pauses {
  let end: (() => void) | undefined;
  let isWoken = false;
  return {
    pause: (ms) =>
      new Promise((resolve) => {
        if (ms <= 0 || isWoken) {
          const woken = isWoken && ms > 0;
          isWoken = false;
          setImmediate(() => resolve(!woken));
          return;
        }
        const timer = setTimeout(() => {
          end = undefined;
          resolve(true);
        }, ms);
        end = () => {
          clearTimeout(timer);
          end = undefined;
          resolve(false);
        };
      }),
    wake() {
      if (end) end();
      else isWoken = true;
    },
  };
}
