/**
 * What the scanner (`engine/scanner`, WebAssembly) and those who use it agree on: both are compiled from this file, so it holds plain numbers only. Places and sizes are
 * bytes of the scanner's memory. All of it is there from the beginning, but a page of it takes memory only once it was written to.
 */

/** Pages of 64 KB. */
export const PAGES = 481;

/** 32 bytes 0xff, and 32 zeros behind them: the mask of n bytes begins n bytes before the zeros. */
export const MASKS = 64;

/** Texts that are remembered, two to a set: the bytes, filled up with zeros, and in the last one how many there are. */
export const TEXTS = 65_536;
export const SET_BITS = 12;
export const TEXT_SIZE = 32;
export const LONGEST_TEXT = 31;

/** Where a record is copied to, alone. A longer one is left to the long way. */
export const RECORD = 1_048_576;
export const LONGEST_RECORD = 4_194_304;

/** Kinds of the levels around a value, a bit each, of every 64th level. */
export const LEVELS = 6_291_456;

/** What was found: a slot for each wanted member, and behind them those of elements of arrays. */
export const FOUND = 7_340_032;
export const FOUND_END = 15_728_640;

/** Tables of names; those of what nobody wants keep to the first half. */
export const TABLES = 15_728_640;
export const TABLES_HALF = 23_068_672;
export const TABLES_END = 31_457_280;

/** Bytes of the longest literal of a name, `"name":`. */
export const LONGEST_LITERAL = 32;
/** Names that a table learns beside the wanted ones. */
export const MOST_LEARNED = 100;

/** Where as much of a batch is copied to as is looked at in one go. */
export const WINDOW = 31_457_280;
export const WINDOW_SIZE = 65_024;

/** What is wanted of a member or an element. */
export const UNWANTED = 0;
export const TEXT = 1;
export const NUMBER = 2;
export const BOOLEAN = 3;
export const ROW = 4;
export const LIST = 5;
/** Where it lies, whatever it is. */
export const ANY = 6;

/**
 * A slot: a word that says what was found, then a word and a 64-bit float, or two words. Of a row the slots of its wanted members follow at once, in their order, then the next
 * slot of the row around. An element of an array has the place of the next element (0: there is none) in a slot of its own, before its slots.
 */
export const SLOT_SIZE = 16;
export const TAG_BITS = 4;
/** The member is missing. */
export const MISSING = 0;
export const NULL = 1;
/** A text that is remembered: its number. */
export const KNOWN_TEXT = 2;
/** A text: where it begins behind its quote, and where its closing one is. */
export const NEW_TEXT = 3;
/**
 * A number of at most 15 digits and without exponent: where it begins, and all its digits as a whole number with its sign. How many of them stand behind the point is
 * in the bits above the tag.
 */
export const PLAIN_NUMBER = 4;
export const TRUE = 5;
export const FALSE = 6;
/** A row: where it begins and ends. An array: the place of its first element, 0 for none. */
export const INSIDE = 7;
/** Anything else, checked: where it begins and ends. */
export const OTHER = 8;
