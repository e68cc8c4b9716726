/** Codes of the shop's database that are drawn, and how often each comes up by default. */
export const CODES = {
  paymentTypes: { "1101": 30, "1102": 60, "1103": 10 },
  sourceTypes: { "2401": 60, "2402": 20, "2403": 10, "2404": 10 },
  refundTypes: { "1501": 30, "1502": 60 },
  refundReasons: { "1301": 30, "1302": 10, "1303": 20, "1304": 5, "1305": 15, "1306": 5, "1307": 5 },
  appraisals: { "1201": 30, "1202": 10, "1203": 10, "1204": 50 },
  userLevels: { "1": 7, "2": 2, "3": 1 },
} as const;

export const STATUS = { unpaid: "1001", paid: "1002", finished: "1004", refunding: "1005" } as const;
