/** What BaseLogApp's topics must hold after the same input in the same order per device, as texts to compare. */
import { baseLog } from "@millrace/templates/plain-warehouse/logs";
import { canonical } from "@millrace/templates/plain-warehouse/values";

export { canonical };

export interface PlainResult {
  readonly pages: string[];
  readonly starts: string[];
  readonly displays: string[];
  readonly dirty: string[];
}

/** `texts` in order; results are canonical JSON (sorted members), in order. With `context`, displays carry `common` and `ts`. */
export function plainBaseLog(texts: readonly string[], context: boolean): PlainResult {
  const { dwd_page_log, dwd_start_log, dwd_display_log, dirty } = baseLog(texts, { displaysWithContext: context });
  return {
    pages: dwd_page_log.map(canonical),
    starts: dwd_start_log.map(canonical),
    displays: dwd_display_log.map(canonical),
    dirty: [...dirty],
  };
}
