/** Light, dark or as the system: Mantine keeps it; this lets commands change it. */
import type { MantineColorScheme } from "@mantine/core";

interface Keeper {
  readonly scheme: MantineColorScheme;
  readonly set: (scheme: MantineColorScheme) => void;
}

let keeper: Keeper | undefined;

export function keepColorScheme(next: Keeper): void {
  keeper = next;
}

const NEXT = { light: "dark", dark: "auto", auto: "light" } as const;

export function cycleColorScheme(): void {
  keeper?.set(NEXT[keeper.scheme]);
}
