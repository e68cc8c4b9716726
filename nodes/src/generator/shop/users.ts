/** Users: who they are, and what they change about themselves. A user may change something each time a cart of theirs begins. */

import type { WallText } from "../../wall-text.ts";
import type { Row } from "./tables.ts";
import { numbers, type Timeline } from "./timeline.ts";
import { weightsOf } from "./weights.ts";

const USER = 10;
const CHANGE = 11;
const YEAR_MS = 365.25 * 86_400_000;

const SURNAMES = [..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"];
const WOMENS_NAMES = ["秀英", "敏", "静", "丽", "娟", "艳", "芳", "娜", "洁", "欣怡", "梓涵", "雨桐"];
const MENS_NAMES = ["伟", "强", "磊", "军", "勇", "杰", "涛", "明", "浩然", "宇轩", "子墨", "俊杰"];
const NICKNAMES = ["阿", "小", "大", "老"];
const MAIL_HOSTS = ["163.com", "qq.com", "126.com", "sina.com", "gmail.com", "yahoo.com"];

export interface Person {
  readonly name: string;
  readonly phone: string;
}

export interface Users {
  /** As they were before that order's cart, changes of other carts before it counted. */
  row(user: number, order: number): Row;
  /** What the user changes at the beginning of that order's cart; undefined: nothing. */
  changeAt(user: number, order: number): Row | undefined;
  person(user: number): Person;
}

export function createUsers(timeline: Timeline, text: WallText): Users {
  const { seed } = timeline;

  function person(user: number): Person & { readonly isMale: boolean; readonly given: string } {
    const draws = numbers(seed, user, USER);
    const isMale = draws.chance(timeline.settingsOf(1).male);
    const given = draws.of(isMale ? MENS_NAMES : WOMENS_NAMES);
    return { isMale, given, name: draws.of(SURNAMES) + given, phone: phone(draws.between(0, 999_999_999)) };
  }

  /** As they registered; users of the beginning did so in the year before. */
  function registered(user: number, at: number | undefined): Row {
    const { isMale, given, name, phone: number } = person(user);
    const draws = numbers(seed, user, USER + 2);
    const start = timeline.wall(0);
    const login = `${letters(draws.between(0, 26 ** 5 - 1))}${user}`;
    return {
      id: user,
      login_name: login,
      nick_name: draws.of(NICKNAMES) + given,
      passwd: null,
      name,
      phone_num: number,
      email: `${login}@${draws.of(MAIL_HOSTS)}`,
      head_img: null,
      user_level: weightsOf(timeline.settingsOf(1)).userLevels.pick(draws),
      birthday: text.date(start - Math.floor((15 + 40 * draws.next()) * YEAR_MS)),
      gender: isMale ? "M" : "F",
      create_time: text.time(at ?? start - Math.floor((0.01 + 0.99 * draws.next()) * YEAR_MS)),
      operate_time: null,
      status: null,
    };
  }

  function changeAt(user: number, order: number): Row | undefined {
    const settings = timeline.settingsOf(order);
    const draws = numbers(seed, order, CHANGE);
    if (!draws.chance(settings.changedUsers)) return undefined;
    const drawn = draws.between(2, 7);
    const columns: Record<string, string> = {};
    if (drawn % 2 === 0) columns.nick_name = draws.of(NICKNAMES) + draws.of([...WOMENS_NAMES, ...MENS_NAMES]);
    if (drawn % 3 === 0) columns.user_level = weightsOf(settings).userLevels.pick(draws);
    if (drawn % 5 === 0) columns.email = `${letters(draws.between(0, 26 ** 5 - 1))}${user}@${draws.of(MAIL_HOSTS)}`;
    if (drawn % 7 === 0) columns.phone_num = phone(draws.between(0, 999_999_999));
    return { ...columns, operate_time: text.time(timeline.wall(timeline.cartStart(order))) };
  }

  return {
    person,
    changeAt,
    row(user, order) {
      let row = registered(user, registeredAt(user));
      const columns = new Set(["nick_name", "user_level", "email", "phone_num", "operate_time"]);
      for (let at = timeline.orderBefore(user, order); at !== undefined && columns.size > 0; at = timeline.orderBefore(user, at)) {
        for (const [name, value] of Object.entries(changeAt(user, at) ?? {})) if (columns.delete(name)) row = { ...row, [name]: value };
      }
      return row;
    },
  };

  /** Users who came later did so with an order; found by halving, since they come in order. */
  function registeredAt(user: number): number | undefined {
    if (user <= timeline.users) return undefined;
    let [least, most] = [1, 1];
    const hasCome = (order: number) => timeline.newUsersUntil(order) + timeline.users >= user;
    while (!hasCome(most)) most *= 2;
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if (hasCome(middle)) most = middle;
      else least = middle + 1;
    }
    return timeline.wall(timeline.cartStart(least));
  }
}

function phone(number: number): string {
  return `13${String(number).padStart(9, "0")}`;
}

function letters(number: number): string {
  let [text, rest] = ["", number];
  for (let i = 0; i < 5; i++) {
    text += String.fromCharCode(97 + (rest % 26));
    rest = Math.floor(rest / 26);
  }
  return text;
}
