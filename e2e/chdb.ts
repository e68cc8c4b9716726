/** The built-in ClickHouse on this machine. */
import { chdbState } from "@millrace/nodes/connections";

export function chdbFolder(): string {
  return chdbState().folder;
}

export function chdbIsThere(): boolean {
  return chdbState().state === "there";
}
