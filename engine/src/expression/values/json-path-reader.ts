/** Reads the text of a path from left to right. */
export class PathReader {
  private readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  isDone(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text[this.at] ?? "";
  }

  take(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.at)) return false;
    this.at += wanted.length;
    return true;
  }

  /** What a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  /** A text in single or double quotes; a backslash takes the next character as it is. */
  quoted(): string | undefined {
    const text = this.match(/'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y);
    return text?.slice(1, -1).replace(/\\([\s\S])/g, "$1");
  }

  /** Items with commas between them, at least one; undefined if one is missing. */
  list<T>(item: () => T | undefined): T[] | undefined {
    const items: T[] = [];
    do {
      this.skipSpace();
      const next = item();
      if (next === undefined) return undefined;
      items.push(next);
      this.skipSpace();
    } while (this.take(","));
    return items;
  }
}
