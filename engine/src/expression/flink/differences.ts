/**
 * Where Millrace answers differently than Flink 2.2.1 and means to. `docs/flink-differences.md` is made of this list, and the recorded answers are held to it: what
 * differs is covered here, and what is here differs somewhere.
 */
export interface FlinkDifference {
  readonly title: string;
  /** What Flink does, what happens here, and why. */
  readonly reason: string;
  readonly example: string;
  /** Whether a recorded expression is one of these; `refused` when Flink refuses it or fails. */
  readonly covers: (sql: string, refused: boolean) => boolean;
}

const TIMES = "(?:DATE|TIME|TIMESTAMP)";

export const FLINK_DIFFERENCES: readonly FlinkDifference[] = [
  {
    title: "Times before 1970",
    reason:
      "Flink divides milliseconds towards zero, so that before 1970 a cast to DATE gives the next day, EXTRACT(HOUR …) is negative, and a cast to TIME prints garbage. Here days and hours are those of the calendar.",
    example: "CAST(TIMESTAMP '1969-12-31 12:00:00' AS DATE)",
    covers: (sql) => /TIMESTAMP '1(?:969|500)-/.test(sql),
  },
  {
    title: "FLOOR and CEIL across a change of the clocks",
    reason:
      "Flink takes the zone's offset at the moment that is rounded also for the result, which is off by an hour when the clocks changed in between. Here the result is the beginning of the unit by the wall clock.",
    example: "FLOOR(CAST(TIMESTAMP '2024-03-10 02:30:00' AS TIMESTAMP_LTZ(3)) TO DAY)",
    covers: (sql) => /^(?:FLOOR|CEIL)\(.*TIMESTAMP_LTZ/.test(sql),
  },
  {
    title: "Units that a type does not have",
    reason:
      "Flink computes FLOOR and CEIL of a TIME to a day or more, EXTRACT of seconds from a DATE, and FLOOR to DOW, DOY, EPOCH or ISOYEAR by the formula of another unit; what comes out means nothing. It refuses YEAR of a TIME unless that is a constant NULL. Here a TIME stays as it is, a DATE has no seconds (0), and the others are refused. Below a millisecond nothing is rounded. The last hour of a day ends at 24:00:00 in Flink, here at 00:00:00. TIMESTAMPADD of MICROSECONDs, which Flink fails to plan unless it is a NULL, is refused.",
    example: "FLOOR(TIME '23:59:59' TO YEAR)",
    covers: (sql) =>
      /^(?:FLOOR|CEIL)\((?:TIME |.* TO (?:MICROSECOND|NANOSECOND|DOW|ISODOW|DOY|ISOYEAR|EPOCH)\))/.test(sql) ||
      /(?:MINUTE|SECOND|MILLISECOND)(?: FROM |\()DATE|^YEAR\(CAST\(NULL AS TIME\)|^TIMESTAMPADD\(MICROSECOND/.test(sql),
  },
  {
    title: "Years beyond 9999 and before 1",
    reason:
      "Flink computes them and fails when it prints them, or prints the last four digits. Here they are printed with all their digits.",
    example: "DATE '9999-12-31' + INTERVAL '1' DAY",
    covers: (sql) => /9999-12-31|'0000-01-01'|^DATE '0001-01-01' - |, 100000,|FROM_UNIXTIME\(-?\d{14}/.test(sql),
  },
  {
    title: "What Flink cannot compile",
    reason:
      "Flink accepts these and then fails to generate code for them: SIGN and TRUNCATE of TINYINT and SMALLINT, a BIGINT where a position or length is an INT, ATAN2 of a DECIMAL beside another type, GREATEST of bytes, IF of arrays, rows and intervals, an interval before an instant, fractions as intervals, intervals divided or multiplied by them, milliseconds added to a DATE or an instant of whole seconds. Here they are computed.",
    example: "LEFT('Hello World', CAST(2 AS BIGINT))",
    covers: (sql, refused) =>
      refused &&
      (/^(?:SIGN|TRUNCATE)\(CAST\(.* AS (?:TINYINT|SMALLINT)\)/.test(sql) ||
        /CAST\([12] AS (?:BIGINT|TINYINT)\)/.test(sql) ||
        /^ATAN2\(|^(?:GREATEST|LEAST)\(x'/.test(sql) ||
        /^INTERVAL .* \+ (?:CAST|TO_TIMESTAMP_LTZ)/.test(sql) ||
        /INTERVAL .*[/*]|[/*] (?:INTERVAL|CAST\(NULL AS INTERVAL)|^CAST\(NULL AS INTERVAL DAY\)/.test(sql) ||
        /^TIMESTAMP(?:ADD\((?:MILLISECOND|DAY|WEEK)|DIFF)/.test(sql) ||
        /^IF\(TRUE, (?:ARRAY|INTERVAL)/.test(sql) ||
        /AS INTERVAL MONTH\)$/.test(sql)),
  },
  {
    title: "TRUNCATE of a DOUBLE beyond DECIMAL(38, 18)",
    reason: "Flink goes through DECIMAL(38, 18) and fails with a NullPointerException. Here the number stays as it is.",
    example: "TRUNCATE(-1.0E308)",
    covers: (sql) => /^TRUNCATE\(-1\.0E308/.test(sql),
  },
  {
    title: "A bare NULL",
    reason: "Flink refuses NULL without a type in most places. Here it takes the type that the place asks for.",
    example: "UPPER(NULL)",
    covers: (sql, refused) => refused && /(?<!CAST\()\bNULL\b(?! ON)/.test(sql),
  },
  {
    title: "Texts compared with numbers, truth values and intervals",
    reason:
      "Flink compares them in some places by casting (a row fails where the text is no number) and in others says FALSE. Here they are refused with the cast or the literal to write.",
    example: "1 < '2'",
    covers: (sql, refused) => !refused && /(?:[<=]|IN \(|BETWEEN|DISTINCT FROM|NULLIF\(|CASE (?:WHEN|'))/.test(sql),
  },
  {
    title: "Texts joined with other values",
    reason:
      "Flink's || takes texts only. Here numbers, times and truth values are joined as CAST to STRING prints them, and bytes with bytes.",
    example: "'a' || 1",
    covers: (sql, refused) => refused && sql.includes("||"),
  },
  {
    title: "Times of two kinds side by side",
    reason:
      "Flink refuses a DATE beside a TIMESTAMP in comparisons, OVERLAPS, CASE and IF, takes the narrower type in COALESCE and IFNULL (of an interval and a number the number), and computes TIMESTAMPDIFF with a TIME by its milliseconds. Here they have the wider type or are refused.",
    example: "DATE '2024-01-01' < TIMESTAMP '2024-01-01 00:00:00'",
    covers: (sql) =>
      new RegExp(
        `^(?:CAST\\()?${TIMES}.* (?:[<=]|IS|IN) .*${TIMES}|^(?:COALESCE|IFNULL|NULLIF|IF|CASE|GREATEST|LEAST)\\b.*${TIMES}.*${TIMES}`,
      ).test(sql) ||
      /^\(.*TIMESTAMP .*OVERLAPS|OVERLAPS.*TIMESTAMP|^TIMESTAMPDIFF\(.*(?:TIME '|CAST\(NULL)|^(?:IFNULL|COALESCE)\(INTERVAL/.test(sql),
  },
  {
    title: "DATE_FORMAT of a DATE",
    reason: "Flink's takes timestamps and texts only. Here a DATE is its beginning.",
    example: "DATE_FORMAT(DATE '2024-01-01', 'yyyy/MM/dd')",
    covers: (sql, refused) => refused && sql.startsWith("DATE_FORMAT(DATE"),
  },
  {
    title: "JSON_VALUE with RETURNING",
    reason:
      "Flink fails the job with a ClassCastException when the value is of another type than RETURNING says, a whole number for DOUBLE included, and knows BOOLEAN, INT, DOUBLE and STRING only. Here it is an error of the function, which ON ERROR answers, and every number type can be returned.",
    example: `JSON_VALUE('{"a":1}', '$.a' RETURNING DOUBLE)`,
    covers: (sql) => /^JSON_VALUE\(.*RETURNING/.test(sql),
  },
  {
    title: "Filters in JSON paths, and JSON_ARRAY with a clause alone",
    reason: "Flink's parser or its class path fails on them. Here they work.",
    example: `JSON_QUERY('{"a":[{"b":1},{"c":3}]}', '$.a[?(@.c)]')`,
    covers: (sql, refused) => refused && (/\[\?\(/.test(sql) || sql === "JSON_ARRAY(NULL ON NULL)"),
  },
  {
    title: "Elements and entries that are not there",
    reason:
      "Flink gives a default (-1, a blank) for what is beyond the end of a constant array or not in a constant map. Here it is NULL. A position below 1 is refused also where the array is NULL.",
    example: "MAP['b', 3]['a']",
    covers: (sql) => /^(?:ARRAY|MAP)\[.*\]\[|^CAST\(NULL AS ARRAY<INT>\)\[/.test(sql),
  },
  {
    title: "NULL in arrays that are widened",
    reason: "Flink makes 0 of a NULL when an array of INT becomes one of DECIMAL. Here it stays NULL.",
    example: "ARRAY_CONCAT(ARRAY[1.5, 2], ARRAY[1, NULL, 1])",
    covers: (sql) => /^ARRAY_(?:UNION|EXCEPT|CONCAT|INTERSECT)\(/.test(sql),
  },
  {
    title: "A narrower element beside an array with NULLs",
    reason: "Flink declares the result nullable though it is never NULL. Here it is NOT NULL.",
    example: "ARRAY_POSITION(ARRAY[1, NULL, 1], CAST(1 AS TINYINT))",
    covers: (sql) => /^ARRAY_\w+\(ARRAY\[.*NULL.*AS TINYINT\)\)$/.test(sql),
  },
  {
    title: "A longer text beside an array of CHAR",
    reason:
      "Flink refuses a VARCHAR beside an array of literals, which are CHARs, and cuts a longer literal to their length, so that it takes it for another one. Here a VARCHAR is compared and added as it is.",
    example: "ARRAY_CONTAINS(ARRAY['a', 'b'], CAST('abc' AS STRING))",
    covers: (sql, refused) => refused && /^ARRAY_\w+\(ARRAY\['a', 'b'\], CAST/.test(sql),
  },
  {
    title: "A key twice in MAP_FROM_ARRAYS",
    reason: "Flink keeps both entries. Here the last one counts, as in MAP[ ].",
    example: "MAP_FROM_ARRAYS(ARRAY['a','a'], ARRAY[1,2])",
    covers: (sql) => sql.startsWith("MAP_FROM_ARRAYS"),
  },
  {
    title: "Maps and rows of different types compared",
    reason:
      "Flink says FALSE for maps that can have no entry in common, which are refused here. Whether NULLs within arrays and maps are equal depends in Flink on how it holds the values at the moment (as bytes they are, as objects not); here they are equal to each other, and a comparison with <> of two ROW( ) is declared NOT NULL.",
    example: "MAP['a', 1, 'b', 2] = MAP[1.5, TRUE]",
    covers: (sql) => /^(?:MAP|CAST\(NULL AS MAP).* = |^ROW\(.*<>/.test(sql),
  },
  {
    title: "Empty rows and rows with a bare NULL",
    reason: "Flink refuses ROW() and a NULL without a type in a row. Here both are values.",
    example: "ROW()",
    covers: (sql, refused) => refused && sql.startsWith("ROW("),
  },
  {
    title: "TO_DATE of a text that does not fit its pattern",
    reason: "Flink gives the date 5471-09-27, which its smallest number of milliseconds comes to. Here it is NULL.",
    example: "TO_DATE('2024-05-31', 'dd.MM.yyyy')",
    covers: (sql) => sql.startsWith("TO_DATE("),
  },
  {
    title: "Constants that would fail only beside a NULL",
    reason:
      "A wrong pattern, precision or position that stands in the expression is refused while it is checked. Flink finds it only when a value comes.",
    example: "UNIX_TIMESTAMP(CAST(NULL AS STRING), 'bogus')",
    covers: (sql) => /^(?:UNIX_TIMESTAMP|TO_TIMESTAMP_LTZ)\(CAST\(NULL/.test(sql),
  },
  {
    title: "Names of zones and the calendar before 1582 in patterns",
    reason:
      "For the letter z Java prints names such as PST out of its own tables, and SimpleDateFormat uses the Julian calendar before 1582. Here z prints the offset, there is one calendar, and p (which fills up with spaces) is no letter of a pattern. NaN and signs in the middle of a number are read differently as well.",
    example: "FROM_UNIXTIME(1710054000, 'z')",
    covers: (sql) => /^FROM_UNIXTIME\(|^UNIX_TIMESTAMP\(' |^TO_TIMESTAMP_LTZ\(CAST\('NaN'/.test(sql),
  },
  {
    title: "Intervals",
    reason:
      "Flink refuses a leading field of more than two digits unless its precision is given, and takes INTERVAL '1' WEEK for an hour and '1' QUARTER for a month. Here digits are free, and a week has seven days. TYPEOF does not show the units of an interval.",
    example: "INTERVAL '100' DAY",
    covers: (sql) => /^(?:TYPEOF\()?(?:-?INTERVAL|CAST\(NULL AS INTERVAL)/.test(sql),
  },
  {
    title: "A number as an interval",
    reason:
      "Flink takes a number that is no literal for milliseconds or months, whatever the unit: CAST(n AS INTERVAL DAY) of 3 is 3 ms, of the literal 3 it is 3 days. Here it is 3 days in both cases.",
    example: "CAST(CHAR_LENGTH('abc') AS INTERVAL DAY)",
    covers: (sql) => sql.startsWith("CAST(CHAR_LENGTH('abc') AS INTERVAL"),
  },
  {
    title: "A second way to write <>",
    reason: "Flink refuses !=. Here it is <>.",
    example: "1 != 2",
    covers: (sql) => sql.includes("!="),
  },
  {
    title: "DECIMAL of a text with letters",
    reason:
      "Flink's reader takes single letters for 0 and drops a letter behind a number. Here they are no numbers, as for the other types.",
    example: "TRY_CAST('1d' AS DECIMAL(5,2))",
    covers: (sql) => /^TRY_CAST\('(?:T|n|1d)' AS DECIMAL/.test(sql),
  },
  {
    title: "NaN and infinity as DECIMAL",
    reason: "TRY_CAST of them fails in Flink. Here it gives NULL, as it promises.",
    example: "TRY_CAST(CAST('NaN' AS DOUBLE) AS DECIMAL(5,2))",
    covers: (sql) => /^TRY_CAST\(CAST\('NaN'/.test(sql),
  },
  {
    title: "Letters that change their number with their case",
    reason: "Flink cuts UPPER('ß') of a constant to the constant's length. Here it is SS, and İ keeps its dot.",
    example: "UPPER('ß')",
    covers: (sql) => /^(?:UPPER|LOWER)\('[ßİ]'\)/.test(sql),
  },
  {
    title: "Positions far outside, and empty matches within a character",
    reason:
      "Flink overflows on positions near the limits of INT, fails on those beyond it, and an empty pattern matches between the two halves of an astral character. Here neither happens.",
    example: "REGEXP_COUNT('😀', '')",
    covers: (sql) => /2147483648|2147483647|922337203685477580|^REGEXP_COUNT\('😀/.test(sql),
  },
  {
    title: "PRINTF of %a, %h and %t, and literals of other charsets",
    reason:
      "Hexadecimal floating-point numbers, Flink's internal hash codes, numbers printed as times and _UTF8'…' are not part of the language; PRINTF gives NULL.",
    example: "PRINTF('%a', 1E0)",
    covers: (sql) => /^PRINTF\('%(?:a|h|tY)'/.test(sql) || sql.startsWith("_UTF8"),
  },
  {
    title: "SIMILAR TO NULL",
    reason: "Flink refuses it. Here it is NULL.",
    example: "'abc' SIMILAR TO NULL",
    covers: (sql) => sql === "'abc' SIMILAR TO NULL",
  },
  {
    title: "Arrays and maps where a text is asked for",
    reason:
      "Flink takes them for JSON text, which gives NULL, and PRINTF prints Java's name of the object. Here JSON functions refuse them, and PRINTF prints them as CAST to STRING does.",
    example: "JSON_QUERY(ARRAY[1], '$.a')",
    covers: (sql) => /^(?:JSON_(?:QUERY|EXISTS|VALUE)|PRINTF)\(.*(?:(?:ARRAY|MAP)\[|ROW\()/.test(sql),
  },
  {
    title: "Constants of FLOAT, and -0.0",
    reason:
      "Flink computes constants as decimal numbers: -0.0 loses its sign, a FLOAT computed or read from a text has seven digits, and one that becomes a DOUBLE or BIGINT was never rounded to a FLOAT. Here constants are computed as fields are.",
    example: "CAST(CAST(0.1 AS FLOAT) AS DOUBLE)",
    covers: (sql) =>
      /^CAST\(CAST\(\S+ AS FLOAT\) AS (?:DOUBLE|BIGINT)|^CAST\(\S+ AS FLOAT\) [-*/] CAST|^CAST\('1\.23456789' AS FLOAT|'-0\.0'|^-CAST\(0 AS/.test(
        sql,
      ),
  },
  {
    title: "What a VARIANT holds",
    reason:
      "Flink sorts the members of an object by their names, keeps every digit of a fraction, prints 1e3 as 1000.0 and 1e400 as Infinity, refuses a name that comes twice unless told otherwise, compares VARIANTs, and a JSON null in one is not NULL. Here members keep their order, fractions are DOUBLE and printed as JSON has them, of a name that comes twice the last one counts, VARIANTs are compared after a cast, and a JSON null is NULL, as in the fields of a record.",
    example: `PARSE_JSON('{"b": 1, "a": 2}')`,
    covers: (sql) =>
      /^PARSE_JSON\('(?:\d.*[eE.]|null|\{"(?:b|2)")|^(?:MAP|COALESCE).*PARSE_JSON\('null'\)|^PARSE_JSON\('(?:1'\) = |\{"a": 1, "a": 2\}'\)$)/.test(
        sql,
      ),
  },
  {
    title: "What a VARIANT becomes",
    reason:
      "Flink 2.2 casts no VARIANT to anything and takes none in JSON_STRING, JSON_OBJECT and JSON_ARRAY. Here it becomes what a field of that type would be in a JSON record (a text without its quotes), and is written as JSON.",
    example: `CAST(PARSE_JSON('"a"') AS STRING)`,
    covers: (sql, refused) => refused && /^(?:TRY_)?CAST\(PARSE_JSON\(|^JSON_(?:STRING|OBJECT|ARRAY)\(.*PARSE_JSON\(/.test(sql),
  },
  {
    title: "Elements of a VARIANT, and objects",
    reason:
      "Flink 2.2 has no [ ] for VARIANT, cannot write down the type of '' in OBJECT_OF, and updates only what OBJECT_OF made. Here these work, and OBJECT_UPDATE takes any row.",
    example: "CAST(PARSE_JSON('{\"a\": 1}')['a'] AS INT)",
    covers: (sql, refused) => refused && /PARSE_JSON\(.*\)\[|^OBJECT_\w+\((?:.*''|CAST)/.test(sql),
  },
];
