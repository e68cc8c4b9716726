/**
 * Orders and their payments of about 100 bytes, seeded, the same bytes on every machine, and the same on which other engines were measured. Orders' times rise by a millisecond each with up to
 * two seconds of disorder; 90 % have one payment, up to eight seconds later. Payments come in the order of their times.
 */
import { BASE_TIME, JITTER_MS, mulberry32, type Records } from "./page-logs.ts";

const CHANNELS = ["alipay", "wechat", "card"];
const USERS = 1_000;
/** Payments of so many milliseconds are known ahead: more than eight seconds. */
const RING = 16_384;

export interface Orders {
  readonly orders: Records;
  readonly payments: Records;
}

/** So many orders with their payments. */
export function ordersAndPayments(count: number, seed = 1): Orders {
  const random = mulberry32(seed);
  const below = (n: number) => Math.floor(random() * n);
  const [orders, payments] = [new Lines(), new Lines()];
  const ring: string[][] = Array.from({ length: RING }, () => []);
  let clock = BASE_TIME - JITTER_MS;
  const drainTo = (time: number) => {
    for (; clock < time; clock++) {
      const due = ring[clock % RING] as string[];
      for (const line of due) payments.add(line);
      due.length = 0;
    }
  };
  for (let i = 0; i < count; i++) {
    const ts = BASE_TIME + i - below(JITTER_MS + 1);
    const amount = (100 + below(99_900)) / 100;
    orders.add(
      `{"order_id":${i},"user_id":"u_${below(USERS)}","sku_id":"${1 + below(35)}","amount":${amount},"status":"created","ts":${ts}}`,
    );
    if (below(100) < 90) {
      const paid = ts + below(8_001);
      ring[paid % RING]?.push(`{"pay_id":"p_${i}","order_id":${i},"amount":${amount},"channel":"${CHANNELS[below(3)]}","ts":${paid}}`);
    }
    drainTo(BASE_TIME + i - JITTER_MS);
  }
  drainTo(clock + RING);
  return { orders: orders.records(), payments: payments.records() };
}

/** Both in one buffer. */
export function together({ orders, payments }: Orders): Records {
  const shift = orders.bytes.length;
  return {
    bytes: Buffer.concat([orders.bytes, payments.bytes]),
    starts: Float64Array.from([...orders.starts, ...payments.starts.map((at) => at + shift)]),
    ends: Float64Array.from([...orders.ends, ...payments.ends.map((at) => at + shift)]),
    count: orders.count + payments.count,
  };
}

/** Texts that become one buffer. */
class Lines {
  private readonly chunks: Buffer[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private text = "";
  private at = 0;

  add(line: string): void {
    this.starts.push(this.at);
    this.at += line.length;
    this.ends.push(this.at);
    this.text += line;
    if (this.text.length > 1_000_000) this.flush();
  }

  records(): Records {
    this.flush();
    const { starts, ends } = this;
    return { bytes: Buffer.concat(this.chunks), starts: Float64Array.from(starts), ends: Float64Array.from(ends), count: starts.length };
  }

  private flush(): void {
    this.chunks.push(Buffer.from(this.text, "latin1"));
    this.text = "";
  }
}
