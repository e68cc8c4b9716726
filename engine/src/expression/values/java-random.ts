/** `java.util.Random`: the same seed gives the same numbers as in Flink. */
export class JavaRandom {
  /** 48 bits. */
  private state: bigint;

  constructor(seed: bigint) {
    this.state = BigInt.asUintN(48, seed ^ 0x5deece66dn);
  }

  /** The topmost bits of the next state. */
  private next(bits: number): number {
    this.state = BigInt.asUintN(48, this.state * 0x5deece66dn + 0xbn);
    return Number(this.state >> BigInt(48 - bits));
  }

  /** From 0 up to 1. */
  nextDouble(): number {
    return (this.next(26) * 2 ** 27 + this.next(27)) * 2 ** -53;
  }

  /** From 0 up to `bound`, which is above 0. */
  nextInt(bound: number): number {
    let bits = this.next(31);
    const last = bound - 1;
    if ((bound & last) === 0) return Number((BigInt(bound) * BigInt(bits)) >> 31n);
    let value = bits % bound;
    // Rejects the uneven rest at the top: there the sum overflows 32 bits.
    while (bits - value + last > 0x7fff_ffff) {
      bits = this.next(31);
      value = bits % bound;
    }
    return value;
  }
}
