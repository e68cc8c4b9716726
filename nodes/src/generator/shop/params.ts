import { paramMeta, type Words } from "@millrace/engine/node";
import { z } from "zod";
import { clockParams, refuseEndlessVirtual } from "../clock-params.ts";
import { commonParams, kind } from "../common-params.ts";
import { CODES } from "./codes.ts";
import { DIMENSION_TABLES, TABLE_NAMES } from "./tables.ts";

const DATABASE = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const share = (initial: number, title: Words, description: Words, advanced = true) =>
  z.number().min(0).max(1).default(initial).register(paramMeta, { title, description, advanced });

/** How many of something for each order. */
const perOrder = (initial: number, title: Words, description: Words) =>
  z.number().min(0).max(20).default(initial).register(paramMeta, { title, description, advanced: true });

function weights<const Code extends string>(codes: Readonly<Record<Code, number>>, title: Words) {
  const names = Object.keys(codes) as [Code, ...Code[]];
  return z
    .array(
      z
        .strictObject({
          code: z
            .enum(names)
            .register(paramMeta, { title: { en: "Code", zh: "代码" }, description: { en: "One of them.", zh: "其中之一。" } }),
          weight: z
            .number()
            .min(0)
            .max(1_000_000)
            .register(paramMeta, {
              title: { en: "Weight", zh: "权重" },
              description: { en: "How often, against the others.", zh: "相对于其他取值的出现频度。" },
            }),
        })
        .register(paramMeta, { title, description: { en: "A code and how often it comes up.", zh: "代码及其出现频度。" } }),
    )
    .min(1)
    .max(20)
    .refine((all) => all.some(({ weight }) => weight > 0), {
      params: { expected: { en: "a weight above zero", zh: "至少一个大于零的权重" } },
    })
    .default(names.map((code) => ({ code, weight: codes[code] })))
    .register(paramMeta, { title, description: { en: "How often each comes up.", zh: "每种取值的出现频度。" }, advanced: true });
}

const { count: _count, rate: _rate, ...common } = commonParams(1_000);

/** What decides what happens in the shop. A running shop keeps the first `seed` and `users`; the others may change, and hold for what begins from then on. */
const settings = {
  rate: z
    .number()
    .min(0.001)
    .max(1_000)
    .default(1)
    .register(paramMeta, {
      title: { en: "Orders a second", zh: "每秒订单数" },
      description: { en: "All else follows from them. A fraction takes less than one a second.", zh: "其余动作随订单产生。可以是小数。" },
    }),
  seed: common.seed,
  users: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(500)
    .register(paramMeta, {
      title: { en: "Users", zh: "用户数" },
      description: { en: "Ids 1 to M. Take as many as the app log has.", zh: "id 从 1 到 M，应与应用日志的用户数一致。" },
    }),
  promotions: z
    .boolean()
    .default(false)
    .register(paramMeta, {
      title: { en: "Activities and coupons", zh: "活动与优惠券" },
      description: {
        en: "Orders use them: amounts off, order_detail_activity, order_detail_coupon and coupon_use.",
        zh: "订单使用活动与优惠券：产生优惠金额以及 order_detail_activity、order_detail_coupon、coupon_use。",
      },
    }),
  favors: perOrder(2, { en: "Favourites an order", zh: "每订单收藏数" }, { en: "How many are added meanwhile.", zh: "期间新增的收藏数。" }),
  newUsers: perOrder(
    0,
    { en: "New users an order", zh: "每订单新用户数" },
    { en: "They register and do not buy.", zh: "只注册，不下单。" },
  ),
  changedUsers: share(
    0.1,
    { en: "Users who change something", zh: "修改资料的用户比例" },
    {
      en: "Share of shopping users whose name, level, e-mail or telephone changes, 0 to 1.",
      zh: "购物用户中修改昵称、等级、邮箱或电话的比例，0 到 1。",
    },
  ),
  male: share(0.2, { en: "Men", zh: "男性比例" }, { en: "Share of men among users, 0 to 1.", zh: "用户中男性所占比例，0 到 1。" }),
  cancelledFavors: share(
    0.1,
    { en: "Cancelled favourites", zh: "取消收藏比例" },
    { en: "Share of favourites that are cancelled, 0 to 1.", zh: "被取消的收藏所占比例，0 到 1。" },
  ),
  inCart: z
    .int()
    .min(1)
    .max(8)
    .default(8)
    .register(paramMeta, {
      title: { en: "Most products put into a cart", zh: "每次最多加购商品数" },
      description: { en: "1 to so many, 1 to 3 pieces of each.", zh: "1 到该数量，每种 1 到 3 件。" },
      advanced: true,
    }),
  ordered: share(
    0.5,
    { en: "Of a cart", zh: "购物车下单比例" },
    {
      en: "Share of a cart's rows that go into the order, 0 to 1; one does at least.",
      zh: "购物车中进入订单的行所占比例，0 到 1；至少一行。",
    },
  ),
  paid: share(
    0.7,
    { en: "Paid orders", zh: "支付比例" },
    { en: "Share of orders that are paid, 0 to 1.", zh: "被支付的订单所占比例，0 到 1。" },
  ),
  paidLate: share(
    0.02,
    { en: "Paid late", zh: "超时支付比例" },
    {
      en: "Share of the paid ones that are paid after more than 30 minutes, 0 to 1; the others within 5 minutes.",
      zh: "已支付订单中 30 分钟后才支付的比例，0 到 1；其余在 5 分钟内支付。",
    },
  ),
  refunded: share(0.3, { en: "Refunded", zh: "退单比例" }, { en: "Share of paid orders, 0 to 1.", zh: "已支付订单中退单的比例，0 到 1。" }),
  commented: share(
    1,
    { en: "Reviewed", zh: "评价比例" },
    { en: "Share of the finished orders' details that get a review, 0 to 1.", zh: "已完成订单明细中被评价的比例，0 到 1。" },
  ),
  original: z
    .boolean()
    .default(false)
    .register(paramMeta, {
      title: { en: "Rows as the course's mock writes them", zh: "按课程模拟器写入" },
      description: {
        en: "A payment is one insert that carries its callback_time, 20 s ahead; cancelled favourites are inserted so. Else the insert has none, and an update brings it.",
        zh: "支付只插入一次并带有 20 秒后的 callback_time；取消的收藏直接以取消状态插入。否则先插入，再以更新补上。",
      },
      advanced: true,
    }),
  paymentTypes: weights(CODES.paymentTypes, { en: "Payment types", zh: "支付方式" }),
  sourceTypes: weights(CODES.sourceTypes, { en: "Where carts come from", zh: "加购来源" }),
  refundTypes: weights(CODES.refundTypes, { en: "Refund types", zh: "退单类型" }),
  refundReasons: weights(CODES.refundReasons, { en: "Refund reasons", zh: "退单原因" }),
  appraisals: weights(CODES.appraisals, { en: "Appraisals", zh: "评价等级" }),
  userLevels: weights(CODES.userLevels, { en: "User levels", zh: "用户等级" }),
};

export const shopSettings = z.object(settings);
/** With the defaults filled in. */
export type ShopSettings = z.output<typeof shopSettings>;

const tables = z.array(
  z
    .enum(TABLE_NAMES)
    .register(paramMeta, { title: { en: "Table", zh: "表" }, description: { en: "Of the shop's database.", zh: "商城业务库中的表。" } }),
);

export const shopParams = z
  .strictObject({
    kind: z.literal("shop").register(paramMeta, kind),
    ...settings,
    count: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .optional()
      .register(paramMeta, {
        title: { en: "Number of orders", zh: "订单总数" },
        description: {
          en: "After so many the shop takes no more, and the stream ends with what becomes of the last ones. 0 or nothing: it does not end.",
          zh: "达到该数量后不再下单，已有订单的后续动作完成后流结束。0 或留空则不结束。",
        },
      }),
    ...clockParams(),
    database: z
      .string()
      .refine((text) => DATABASE.test(text), { params: { expected: { en: "letters, digits and _", zh: "字母、数字和 _" } } })
      .default("gmall0820")
      .register(paramMeta, {
        title: { en: "Database", zh: "数据库" },
        description: { en: "Its name in the messages.", zh: "消息中的数据库名。" },
        examples: ["gmall0820", "gmall"],
        advanced: true,
      }),
    bootstrap: tables
      .max(TABLE_NAMES.length)
      .default([...DIMENSION_TABLES])
      .register(paramMeta, {
        title: { en: "Send whole tables", zh: "全量同步的表" },
        description: {
          en: "Their present rows are sent first, as Maxwell's bootstrap does. A table that is added later is sent then; taken out and added again, again.",
          zh: "先发送这些表的现有行，同 Maxwell 的 bootstrap。之后加入的表届时发送；移除后再加入则再次发送。",
        },
      }),
    bootstrapRate: z
      .number()
      .min(1)
      .max(1_000_000)
      .default(5_000)
      .register(paramMeta, {
        title: { en: "Rows of whole tables a second", zh: "全量同步每秒行数" },
        description: {
          en: "Changes of a table are held until its last row is sent.",
          zh: "全量发送期间，该表的变更会等到最后一行之后再发送。",
        },
        advanced: true,
      }),
    history: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(0)
      .register(paramMeta, {
        title: { en: "Orders of the day before", zh: "前一天的订单数" },
        description: {
          en: "The database has them, and what became of them, when the stream begins; only whole tables show them.",
          zh: "流开始时库中已有这些订单及其后续；只有全量同步能看到。",
        },
        advanced: true,
      }),
    clear: z
      .boolean()
      .default(false)
      .register(paramMeta, {
        title: { en: "Clear first", zh: "先清空" },
        description: {
          en: "Deletes all favourites, carts, orders, payments, refunds and reviews, once when it is switched on.",
          zh: "开启时执行一次：删除全部收藏、购物车、订单、支付、退单和评价。",
        },
        advanced: true,
      }),
  })
  .superRefine(refuseEndlessVirtual);

/** With the defaults filled in. */
export type ShopParams = z.output<typeof shopParams>;
