/** What a letter is to IK: letters are UTF-16 units, brought to one form before anything looks at them. */

export const USELESS = 0;
export const DIGIT = 1;
export const LATIN = 2;
export const CHINESE = 4;
export const OTHER_CJK = 8;

/** Full width becomes half width, else capital letters small ones: capitals of full width stay capitals, as in the original. */
export function regular(code: number): number {
  if (code === 0x3000) return 0x20;
  if (code > 0xff00 && code < 0xff5f) return code - 0xfee0;
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** Blocks of Unicode, first and last unit, that are written without blanks between words. */
const BLOCKS: readonly (readonly [number, number, number])[] = [
  [0x4e00, 0x9fff, CHINESE], // CJK unified ideographs
  [0xf900, 0xfaff, CHINESE], // compatibility ideographs
  [0x3400, 0x4dbf, CHINESE], // extension A
  [0xff00, 0xffef, OTHER_CJK], // half and full width forms
  [0xac00, 0xd7af, OTHER_CJK], // Hangul syllables
  [0x1100, 0x11ff, OTHER_CJK], // Hangul jamo
  [0x3130, 0x318f, OTHER_CJK], // Hangul compatibility jamo
  [0x3040, 0x30ff, OTHER_CJK], // Hiragana, Katakana
  [0x31f0, 0x31ff, OTHER_CJK], // Katakana phonetic extensions
];

/** The class of a letter in its regular form. */
export function classOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) return LATIN;
  if (code < 0x1100) return USELESS;
  for (const [first, last, kind] of BLOCKS) if (code >= first && code <= last) return kind;
  return USELESS;
}
